import { expect, it } from "vitest";
import { shownUser } from "./shown-user.ts";

it.each([
  ["erin", 'user "erin"'],
  ["robot$team+ci", 'user "robot$team+ci"'],
  ["00000000-0000-0000-0000-000000000000", 'user "00000000-0000-0000-0000-000000000000"'],
  ["ghp_0123456789", "a user"],
  ["glpat-0123456789", "a user"],
  ["eyJhbGciOi", "a user"],
  ["pa55word", "a user"],
  ["x".repeat(65), "a user"],
  ["érin\n", "a user"],
])("shows %j as %s", (username, shown) => {
  expect(shownUser({ kind: "password", username, password: "pa55word" })).toBe(shown);
});

it("shows nothing of tokens", () => {
  for (const kind of ["identity-token", "registry-token"] as const) {
    expect(shownUser({ kind, token: "pa55word" })).toBe("a token");
  }
});
