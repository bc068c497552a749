import { expect, it } from "vitest";
import { statedTime } from "./stated-time.ts";

const time = "2026-11-21T10:00:00.000Z";

it.each([
  ["an evaluation", { evaluatedOn: time }],
  ["a summary", { timeVerified: time }],
  ["a scan", { metadata: { scanFinishedOn: time } }],
  ["provenance", { runDetails: { metadata: { finishedOn: time } } }],
  ["a first time that is none", { evaluatedOn: "soon", approvedOn: time }],
])("is found in %s", (_, predicate) => {
  expect(statedTime({ predicate })?.toISOString()).toBe(time);
});

it.each([
  ["nothing", {}],
  ["a time elsewhere", { other: time }],
  ["no text", { evaluatedOn: 1 }],
  ["a list where an object belongs", { runDetails: [time] }],
])("is not found in %s", (_, predicate) => {
  expect(statedTime({ predicate })).toBeUndefined();
});
