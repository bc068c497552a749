import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { ContentError, identityOf, isSameFile } from "../../content/index.ts";
import { reason } from "../../errors/index.ts";
import type { FileSource } from "../store.ts";
import type { HttpRequest } from "./http/exchange.ts";

/** Below this a file is read at once: a thread or a stream costs more than the reading. */
export const smallBytes = 512 * 1024;

/** What is uploaded; any part of it can be read again. */
export type UploadContent =
  | { readonly bytes: Uint8Array }
  | { readonly file: FileSource; readonly onHash?: (sha256: string) => void }
  | { readonly open: (from: number) => AsyncIterable<Uint8Array> };

/** Tells how much was sent, each byte once, however often it was sent. */
export class SentBytes {
  readonly #onBytes: (bytes: number) => void;
  #furthest = 0;

  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
  }

  reached(position: number): void {
    if (position <= this.#furthest) return;
    this.#onBytes(position - this.#furthest);
    this.#furthest = position;
  }
}

/** A part of some content as the body of a request. @throws ContentError for a file that cannot be read or changed */
export function bodyOf(content: UploadContent, from: number, to: number, sent: SentBytes): HttpRequest["body"] {
  if ("bytes" in content) {
    sent.reached(to);
    return content.bytes.subarray(from, to);
  }
  if ("open" in content) return { size: to - from, open: () => part(content.open(from), from, to, sent) };
  const { path, identity } = content.file;
  const onPosition = (at: number): void => sent.reached(at);
  const { onHash } = content;
  if (onHash !== undefined) return { part: { path, identity, from, to, hashed: true }, onPosition, onHash };
  if (to - from > smallBytes) return { part: { path, identity, from, to }, onPosition };
  const bytes = readSmall(content.file);
  sent.reached(to);
  return bytes.subarray(from, to);
}

/**
 * Reads a small file at once, in place: handing it to a thread costs more than the reading.
 * @throws ContentError for a file that cannot be read, or is not what it was when it was listed
 */
export function readSmall({ path, identity }: FileSource): Uint8Array {
  const task = { source: path, size: Number(identity.size) };
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const bytes = readFileSync(file);
      const now = identityOf(fstatSync(file, { bigint: true }));
      if (isSameFile(identity, now) && bytes.length === task.size) return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new ContentError("unreadable", reason(error), task);
  }
  throw new ContentError("changed", `${path} was changed after it was listed`, task);
}

async function* part(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
  sent: SentBytes,
): AsyncGenerator<Uint8Array> {
  let at = from;
  for await (const piece of bytes) {
    const wanted = piece.length > to - at ? piece.subarray(0, to - at) : piece;
    yield wanted;
    at += wanted.length;
    sent.reached(at);
    if (at >= to) return;
  }
}
