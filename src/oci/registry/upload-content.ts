import { readFile } from "node:fs/promises";
import { ContentError, type FileIdentity } from "../../content/index.ts";
import { reason } from "../../errors/index.ts";
import type { FileSource } from "../store.ts";
import type { HttpRequest } from "./http/exchange.ts";

/** Below this a file is read at once: a thread or a stream costs more than the reading. */
const smallBytes = 512 * 1024;

/** What is uploaded; any part of it can be read again. */
export type UploadContent =
  | { readonly bytes: Uint8Array }
  | { readonly file: FileSource }
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
export async function bodyOf(
  content: UploadContent,
  from: number,
  to: number,
  sent: SentBytes,
): Promise<HttpRequest["body"]> {
  if ("bytes" in content) return content.bytes.subarray(from, to);
  if ("open" in content) return { size: to - from, open: () => part(content.open(from), from, to, sent) };
  const { path, identity } = content.file;
  if (to - from > smallBytes) return { part: { path, identity, from, to }, onPosition: (at) => sent.reached(at) };
  const bytes = await readSmall(path, identity);
  sent.reached(to);
  return bytes.subarray(from, to);
}

async function readSmall(path: string, identity: FileIdentity): Promise<Uint8Array> {
  const task = { source: path, size: Number(identity.size) };
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ContentError("unreadable", reason(error), task);
  });
  // What was hashed is compared by the registry; a file of another length would not even fit the request.
  if (bytes.length !== task.size) throw new ContentError("changed", `${path} was written to while it was sent`, task);
  return bytes;
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
