import { expect, it } from "vitest";
import { ociError } from "../../errors.ts";
import { judgeLayout, judgeLeavings, judgeLock, judgeSpace, judgeWritable } from "./judge.ts";

const good = { ok: true } as const;
const corrupt = { ok: false, error: ociError("STORE_CORRUPT", "index.json is damaged") } as const;
const busy = { ok: false, error: ociError("STORE_BUSY", "the process 7 held it last") } as const;

it.each([
  [judgeLayout(good, 1), "ok", "with 1 tag"],
  [judgeLayout(good, undefined), "ok", "not there yet"],
  [judgeLayout(corrupt, undefined), "failed", "index.json is damaged"],
  [judgeWritable(good, true), "ok", "can be written"],
  [judgeWritable(good, false), "ok", "not tried"],
  [judgeWritable({ ok: false, error: new Error("EROFS") }, true), "failed", "EROFS"],
  [judgeLock(good, 5000), "ok", "can be taken"],
  [judgeLock(busy, 5000), "warning", "not free for 5 s: the process 7"],
  [judgeLock({ ok: false, error: new DOMException("over", "TimeoutError") }, 5000), "warning", "over"],
  [judgeLock(corrupt, 5000), "failed", "damaged"],
  [judgeLeavings(0, 0), "ok", "no unfinished files"],
  [judgeLeavings(2, 2), "ok", "removed now"],
  [judgeLeavings(2, 1), "warning", "2 unfinished files, 1 removed"],
  [judgeSpace(5e9, undefined), "ok", "5.0 GB are free"],
  [judgeSpace(5e8, undefined), "warning", "500.0 MB"],
  [judgeSpace(5e8, 4e8), "ok", "400.0 MB are needed"],
  [judgeSpace(5e9, 6e9), "failed", "5.0 GB"],
  [judgeSpace(undefined, 6e9), "unknown", "does not tell"],
])("%j", (found, status, seen) => {
  expect(found.status).toBe(status);
  expect(found.seen).toContain(seen);
  if (status !== "ok" && status !== "unknown") expect(found.advice).toBeTruthy();
});
