import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What is read and hashed at once; other transfers of this thread go on in between. */
const readBytes = 1024 * 1024;

/** A hash of the beginning of a file, and how much that is. */
interface Progress {
  readonly hash: Hash;
  readonly at: number;
}

/** Hashes of files that are not whole yet, so that a connection that broke costs no second reading. */
const unfinished = new Map<string, Progress>();
const mostUnfinished = 64;

/**
 * The hash of a file's beginning: goes on from what this thread has hashed of it, over what lies in the file.
 *
 * @param file the same file, opened
 * @param to how much of it
 * @throws the signal's reason; what was hashed until then is kept
 */
export async function hashBeginning(path: string, file: number, to: number, signal: AbortSignal): Promise<Hash> {
  const before = unfinished.get(path);
  unfinished.delete(path);
  const { hash, at: start } = before !== undefined && before.at <= to ? before : { hash: createHash("sha256"), at: 0 };
  const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, Math.max(1, to - start)));
  for (let at = start; at < to; ) {
    if (signal.aborted) {
      keepHash(path, hash, at);
      throw signal.reason;
    }
    const read = readSync(file, buffer, 0, Math.min(buffer.length, to - at), at);
    if (read === 0) throw new Error("the file is shorter than what was written to it");
    hash.update(buffer.subarray(0, read));
    at += read;
    await nextTurn();
  }
  return hash;
}

/** Keeps a hash of a file's beginning until it goes on. */
export function keepHash(path: string, hash: Hash, at: number): void {
  // The oldest is of a transfer that nobody took up again.
  const oldest = unfinished.size >= mostUnfinished ? unfinished.keys().next() : undefined;
  if (oldest?.done === false) unfinished.delete(oldest.value);
  unfinished.set(path, { hash, at });
}
