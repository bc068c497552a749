import { expect, it } from "vitest";
import { answer, silence } from "./fixtures/answers.ts";
import { judgePull, judgePush } from "./rights.ts";

it.each([
  ["a list", answer(200, { body: '{"name":"m","tags":["a"]}' }), true, "ok", "m may be read"],
  ["a list of nothing", answer(200, { body: '{"tags":null}' }), false, "ok", "m may be read, anonymously"],
  ["a new repository", answer(404), true, "ok", "not there yet"],
  ["a page", answer(200, { body: "<html>" }), true, "failed", "something else"],
  ["no right", answer(403, { words: "DENIED" }), true, "failed", "403 (DENIED)"],
  ["a token server's no", { ...silence, status: 401 }, true, "failed", "401"],
  ["another refusal", answer(400), true, "failed", "400"],
  ["silence", silence, true, "unknown", "was cut"],
])("pull: %s", (_, listing, identified, status, seen) => {
  const found = judgePull(listing, "m", identified);
  expect(found.status).toBe(status);
  expect(found.seen).toContain(seen);
  expect(found.advice !== undefined).toBe(status !== "ok");
});

it.each([
  ["started", answer(202), "ok", "may be written"],
  ["denied", answer(401, { words: "UNAUTHORIZED" }), "failed", "401 (UNAUTHORIZED)"],
  ["no repository", answer(404, { words: "NAME_UNKNOWN" }), "failed", "NAME_UNKNOWN"],
  ["read-only registry", answer(405), "failed", "405"],
  ["silence", silence, "unknown", "was cut"],
])("push: %s", (_, start, status, seen) => {
  const found = judgePush(start, "m");
  expect(found.status).toBe(status);
  expect(found.seen).toContain(seen);
  expect(found.advice !== undefined).toBe(status !== "ok");
});
