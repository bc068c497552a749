import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

const pieceBytes = 1024 * 1024;
/** The oldest is of a transfer that nobody took up again. */
const mostKept = 64;

/** Hashes of the beginnings of files, so that what goes on in another request costs no second reading. */
export class RunningHashes {
  readonly #kept = new Map<string, { readonly hash: Hash; readonly at: number }>();

  /** Takes the hash of a file's beginning; reads it when it is not here. */
  async take(path: string, file: number, length: number, signal: AbortSignal): Promise<Hash> {
    const kept = this.#kept.get(path);
    this.#kept.delete(path);
    return kept?.at === length ? kept.hash : hashBeginning(file, length, signal);
  }

  keep(path: string, hash: Hash, at: number): void {
    const oldest = this.#kept.size >= mostKept ? this.#kept.keys().next() : undefined;
    if (oldest?.done === false) this.#kept.delete(oldest.value);
    this.#kept.set(path, { hash, at });
  }
}

async function hashBeginning(file: number, length: number, signal: AbortSignal): Promise<Hash> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, Math.max(1, length)));
  for (let at = 0; at < length; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, length - at), at);
    if (read === 0) throw new Error("the file became shorter");
    hash.update(buffer.subarray(0, read));
    at += read;
    // Other transfers of this thread go on.
    await nextTurn();
    signal.throwIfAborted();
  }
  return hash;
}
