import { expect, it } from "vitest";
import { answer, silence } from "./fixtures/answers.ts";
import { judgeImmutability, staysWhereItIs, type TagSeen } from "./tags.ts";

const made = answer(201);
const seen = (first: TagSeen["first"], again: TagSeen["again"], other: TagSeen["other"]): TagSeen => ({
  taken: false,
  first,
  again,
  other,
  aside: undefined,
});

it.each<[string, TagSeen, string, string]>([
  ["overwrites", seen(made, made, made), "warning", "is overwritten"],
  ["refuses other content, as Harbor does", seen(made, made, answer(412)), "ok", "is not overwritten"],
  ["refuses the same content too, as ECR does", seen(made, answer(400), answer(400)), "ok", "the same content again"],
  ["takes no manifest", seen(answer(413), undefined, undefined), "failed", "413"],
  ["is silent at first", seen(silence, undefined, undefined), "unknown", "was cut"],
  ["is silent at last", seen(made, made, silence), "unknown", "was cut"],
  [
    "keeps what an earlier run left",
    { ...seen(answer(412), undefined, undefined), taken: true },
    "ok",
    "earlier probe",
  ],
  [
    "keeps it in ECR's words",
    { ...seen(answer(400, { words: "tag is immutable" }), undefined, undefined), taken: true },
    "ok",
    "earlier probe",
  ],
  ["overwrites what an earlier run left", { ...seen(made, made, made), taken: true }, "warning", "is overwritten"],
  ["has another reason", { ...seen(answer(413), undefined, undefined), taken: true }, "failed", "413"],
])("a registry that %s", (_, tag, status, words) => {
  const found = judgeImmutability(tag, undefined);
  expect(found.status).toBe(status);
  expect(found.seen).toContain(words);
  expect(staysWhereItIs(tag)).toBe(status === "ok");
});

it("says how a known make is told", () => {
  const found = judgeImmutability(seen(made, made, made), { name: "Amazon ECR", chunks: false });
  expect(found.advice).toContain("imageTagMutability");
});
