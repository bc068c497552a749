import { describe, expect, it } from "vitest";
import { answer, silence } from "./fixtures/answers.ts";
import { judgeMount, judgePieces, judgeResume, judgeWhole, type PiecesSeen } from "./uploads.ts";

const good: PiecesSeen = {
  start: answer(202),
  least: undefined,
  first: answer(202),
  sent: 1024,
  standing: answer(204, { headers: { range: "0-1023" } }),
  commit: answer(201),
  stored: 2048,
  size: 2048,
};
const untried = { first: undefined, standing: undefined, commit: undefined, stored: undefined };

describe("chunked upload", () => {
  it.each<[string, Partial<PiecesSeen>, string, string]>([
    ["taken", {}, "ok", "may come in pieces"],
    ["taken with 204", { first: answer(204) }, "ok", "may come in pieces"],
    ["taken above a size", { least: 512 }, "ok", "each of 512 bytes"],
    ["large pieces only", { ...untried, least: 5_242_880 }, "unknown", "5242880"],
    ["answered with 201, as ECR does", { ...untried, first: answer(201) }, "warning", "201 where 202 is meant"],
    ["answered with 416, as GHCR does", { ...untried, first: answer(416) }, "warning", "416"],
    ["without an answer", { ...untried, first: silence }, "warning", "was cut"],
    [
      "refused at the end",
      { commit: answer(400, { words: "DIGEST_INVALID" }), stored: undefined },
      "warning",
      "DIGEST_INVALID",
    ],
    ["only the last piece kept, as Artifactory does", { stored: 1024 }, "warning", "has 1024 of them"],
    ["not begun", { ...untried, start: answer(403) }, "skipped", "no upload"],
  ])("%s", (_, seen, status, words) => {
    const found = judgePieces({ ...good, ...seen }, undefined);
    expect(found.status).toBe(status);
    expect(found.seen).toContain(words);
  });

  it("does not believe a make that is known to lose pieces", () => {
    expect(judgePieces(good, { name: "Artifactory", chunks: false })).toMatchObject({ status: "warning" });
  });
});

it.each<[string, Partial<PiecesSeen>, string, string]>([
  ["says where to go on", {}, "ok", "go on at 1024"],
  ["says it as HTTP does", { standing: answer(204, { headers: { range: "bytes=0-1023" } }) }, "ok", "1024"],
  ["has less", { standing: answer(204, { headers: { range: "0-0" } }) }, "warning", "1 of 1024"],
  ["does not say", { standing: answer(204) }, "warning", "204"],
  ["does not know the upload", { standing: answer(404) }, "warning", "404"],
  ["was cut", { standing: silence }, "warning", "was cut"],
  ["took no pieces", untried, "skipped", "without pieces"],
])("resume: a registry that %s", (_, seen, status, words) => {
  const found = judgeResume({ ...good, ...seen });
  expect(found.status).toBe(status);
  expect(found.seen).toContain(words);
});

it.each([
  [answer(201), "ok"],
  [answer(413), "failed"],
  [answer(403), "failed"],
  [silence, "unknown"],
])("single PUT: $status", (put, status) => {
  expect(judgeWhole({ mount: undefined, put }).status).toBe(status);
});

it.each([
  [answer(201), "ok"],
  [answer(202), "warning"],
  [answer(405), "unknown"],
  [undefined, "skipped"],
])("mount: $status", (mount, status) => {
  expect(judgeMount({ mount, put: answer(201) }).status).toBe(status);
});
