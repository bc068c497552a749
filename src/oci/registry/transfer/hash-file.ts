import { closeSync, constants, openSync } from "node:fs";
import { reason } from "../../../errors/index.ts";
import type { FileBeginning, TransferOutcome } from "./messages.ts";
import { hashBeginning, keepHash } from "./running-hash.ts";

/** Hashes what lies in a file, up to a byte, from where this thread's hash of it is. */
export async function hashFile({ path, to, size }: FileBeginning, signal: AbortSignal): Promise<TransferOutcome> {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const hash = await hashBeginning(path, file, to, signal);
    if (to < size) keepHash(path, hash, to);
    return { received: { bytes: 0, sha256: to < size ? undefined : hash.digest("hex") } };
  } catch (error) {
    if (signal.aborted) return { failure: { kind: "broken", code: "ABORTED", message: "it was not wanted any more" } };
    return { failure: { kind: "target", why: "unwritable", message: reason(error) } };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
