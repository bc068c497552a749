import { describe, expect, it } from "vitest";
import { authError } from "../auth/errors.ts";
import type { LocatedCredentials } from "../auth/index.ts";
import { judgeCredentials, judgeToken } from "./identity.ts";

const secret = "s3cret";
const erin = { kind: "password", username: "erin", password: secret } as const;
const file = "/tekton/home/.docker/config.json";
const located = (more: Partial<LocatedCredentials> = {}) =>
  ({ kind: "found", located: { credentials: erin, file, helper: undefined, exposed: false, ...more } }) as const;

describe("credentials", () => {
  it.each([
    ["in a file", located(), true, "ok", `the user erin in ${file}`],
    ["not asked for", located(), false, "ok", `the user erin in ${file}; the registry did not ask for them`],
    [
      "from a helper",
      located({ helper: "ecr-login" }),
      true,
      "ok",
      `the user erin from docker-credential-ecr-login, which ${file} names`,
    ],
    [
      "an identity token",
      located({ credentials: { kind: "identity-token", token: secret } }),
      true,
      "ok",
      `an identity token in ${file}`,
    ],
    [
      "open to all",
      located({ exposed: true }),
      true,
      "warning",
      `the user erin in ${file}; every user of this machine may read that file`,
    ],
    ["none, not asked for", { kind: "none" } as const, false, "ok", "none here, and the registry asks for none"],
    [
      "none",
      { kind: "none" } as const,
      true,
      "warning",
      "none for r.example: everything is asked anonymously, and the registry asks who it is",
    ],
  ])("%s", (_, search, challenged, status, seen) => {
    const found = judgeCredentials(search, "r.example", challenged);
    expect([found.status, found.seen]).toEqual([status, seen]);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(found.advice !== undefined).toBe(status !== "ok");
  });

  it("fail with the remedy of what went wrong", () => {
    const error = authError("CREDENTIAL_HELPER_FAILED", "the credential helper docker-credential-x is missing");
    const found = judgeCredentials({ kind: "failed", error }, "r.example", true);
    expect(found).toMatchObject({ status: "failed", seen: error.message, advice: error.remedy });
  });
});

it.each([
  [undefined, "skipped"],
  ["unstated", "ok"],
  [1800, "ok"],
  [120, "ok"],
  [119, "warning"],
] as const)("token: a life of %s is %s", (life, status) => {
  expect(judgeToken(life).status).toBe(status);
});
