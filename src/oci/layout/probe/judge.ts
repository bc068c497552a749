import { reason, SlipwayError } from "../../../errors/index.ts";
import { type Finding, finding } from "../../finding.ts";

/** Less than this is not enough for anything that a release has. */
const littleSpace = 1_000_000_000;

/** What came of trying something: nothing for success, or what was thrown. */
export type Attempt = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** Whether the layout is whole. @param tags how many it has; undefined when it is not there yet */
export function judgeLayout(attempt: Attempt, tags: number | undefined): Finding {
  if (!attempt.ok) return failure("layout", attempt.error);
  if (tags === undefined) return finding("layout", "ok", "it is not there yet; `slipway package` makes it");
  return finding("layout", "ok", `an image layout that is whole, with ${tags} ${tags === 1 ? "tag" : "tags"}`);
}

/** Whether files can be written where the layout is, or will be. @param tried whether one was, or only rights were asked */
export function judgeWritable(attempt: Attempt, tried: boolean): Finding {
  if (!attempt.ok) return failure("writable", attempt.error);
  const seen = tried ? "files can be written there, and flushed" : "this user may write there; it was not tried";
  return finding("writable", "ok", seen);
}

/** Whether the layout's lock can be taken. @param patience how long it was waited for, in milliseconds */
export function judgeLock(attempt: Attempt, patience: number): Finding {
  if (attempt.ok) return finding("lock", "ok", "it can be taken, and given back");
  if (attempt.error instanceof SlipwayError && attempt.error.code !== "STORE_BUSY")
    return failure("lock", attempt.error);
  return finding(
    "lock",
    "warning",
    `it was not free for ${patience / 1000} s: ${reason(attempt.error)}`,
    "Steps that write wait for 30 s and then end with STORE_BUSY: see which process holds it, or has left it on another machine.",
  );
}

/** What killed processes left behind. @param removed how many of it were removed just now */
export function judgeLeavings(found: number, removed: number): Finding {
  const check = "leavings";
  if (found === 0) return finding(check, "ok", "no unfinished files");
  const files = found === 1 ? "1 unfinished file" : `${found} unfinished files`;
  if (removed >= found) return finding(check, "ok", `${files} of killed processes, removed now`);
  return finding(
    check,
    "warning",
    `${files}, ${removed} removed now`,
    "They take space until their process is over, or nobody has touched them for a day; then the next step that writes removes them.",
  );
}

/**
 * Whether there is room.
 * @param free bytes that this user may still write; undefined when nobody tells
 * @param needed bytes of what is to be packaged; undefined when nobody said
 */
export function judgeSpace(free: number | undefined, needed: number | undefined): Finding {
  const check = "free space";
  if (free === undefined) return finding(check, "unknown", "the file system does not tell how much room is left");
  const seen = `${gigabytes(free)} are free`;
  if (needed !== undefined && needed > free) {
    const advice = `The model has ${gigabytes(needed)} and packaging it ends with STORE_FULL: free some space, or use another disk.`;
    return finding(check, "failed", seen, advice);
  }
  if (needed === undefined && free < littleSpace) {
    return finding(
      check,
      "warning",
      seen,
      "Packaging a model may end with STORE_FULL: free some space, or use another disk.",
    );
  }
  return finding(check, "ok", needed === undefined ? seen : `${seen}, ${gigabytes(needed)} are needed`);
}

function failure(check: string, error: unknown): Finding {
  const advice = error instanceof SlipwayError ? error.remedy : "Steps that use this store will fail in the same way.";
  return finding(check, "failed", reason(error), advice);
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
