import { expect, it } from "vitest";
import { judgeSigner } from "./signer.ts";

it.each([
  [false, false, undefined, false, undefined, ""],
  // Services alone say nothing about who signs.
  [false, false, 2, true, undefined, ""],
  [true, false, undefined, false, "ok", "by nobody"],
  [true, false, 2, true, "ok", "by a timestamp authority and a log"],
  [true, true, 2, true, "failed", "a key and fulcio-url"],
  [false, true, undefined, false, "failed", "nobody vouches for the time"],
  // Rekor 2 gives no times.
  [false, true, 2, false, "failed", "nobody vouches for the time"],
  [false, true, 1, false, "ok", "by a log"],
  [false, true, undefined, true, "ok", "by a timestamp authority"],
] as const)("key: %s, Fulcio: %s, Rekor: %s, stamps: %s is %s", (key, fulcio, rekor, timestamps, status, words) => {
  const found = judgeSigner(key, { fulcio, rekor, timestamps });
  expect(found?.status).toBe(status);
  expect(found?.seen ?? "").toContain(words);
});
