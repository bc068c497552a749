import { expect, it } from "vitest";
import { type DeletionSeen, judgeDeletion } from "./deletion.ts";
import { answer, silence } from "./fixtures/answers.ts";

const [gone, refused] = [answer(202), answer(405, { words: "UNSUPPORTED" })];
const good: DeletionSeen = {
  made: { tag: "t", manifests: [], blobs: [] },
  tag: gone,
  manifests: [gone, gone],
  blobs: [gone, gone],
  tagStays: false,
};

it.each<[string, Partial<DeletionSeen>, string, string]>([
  ["all removed", {}, "ok", "can be removed"],
  ["gone already", { blobs: [answer(404), gone] }, "ok", "can be removed"],
  ["a tag that goes with its manifest", { tag: refused }, "warning", "goes with its manifest"],
  [
    "nothing removed",
    { tag: refused, manifests: [refused, refused], blobs: [refused, refused], tagStays: true },
    "warning",
    "left behind the tag t, 2 manifests, 2 blobs: removing was answered with 405 (UNSUPPORTED)",
  ],
  ["blobs left", { blobs: [refused, gone] }, "warning", "left behind 1 blob:"],
  ["an answer that says yes and does no", { tagStays: true }, "warning", "left behind the tag t"],
  ["silence", { manifests: [gone, silence] }, "warning", "left behind 1 manifest: removing failed"],
  ["nothing made", { tag: undefined, manifests: [], blobs: [] }, "skipped", "nothing to remove"],
])("%s", (_, seen, status, words) => {
  const found = judgeDeletion({ ...good, ...seen });
  expect(found.status).toBe(status);
  expect(found.seen).toContain(words);
});
