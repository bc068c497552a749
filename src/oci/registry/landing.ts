import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { ContentError } from "../../content/index.ts";
import { isOutOfSpace, reason } from "../../errors/index.ts";
import type { OnBytes } from "../store.ts";

/** What is read at once. */
const readBytes = 1024 * 1024;

/** Where a blob's bytes go. */
export interface Landing {
  readonly file: FileHandle;
  /** Of the file's beginning, as far as it came in order and through here. */
  readonly hash: Hash;
  hashed: number;
  readonly onBytes: OnBytes;
  readonly task: { readonly source: string; readonly size: number; readonly target: string };
}

/** Does something to the file. @throws ContentError */
export async function writing<T>(task: Landing["task"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ContentError(isOutOfSpace(error) ? "no-space" : "unwritable", reason(error), task);
  }
}

/** Reads a file again whose bytes came on several ways. */
export async function hashOf({ task }: Landing): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(task.target, { highWaterMark: readBytes })) hash.update(piece);
  return hash.digest("hex");
}

/** Writes pieces one behind the other, from a position on. */
export async function writeAll(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<void> {
  let at = position;
  let left = [...pieces];
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    left = after(left, bytesWritten);
  }
}

/** What is left of pieces behind so many bytes. */
function after(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = [];
  let skip = bytes;
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      left.push(piece.subarray(skip));
      skip = 0;
    }
  }
  return left;
}
