import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { ContentError, type ContentTask, type FileIdentity, identityOf, isSameFile } from "../../../content/index.ts";
import { reason } from "../../../errors/index.ts";
import type { FilePart } from "../transfer/index.ts";

/** More than a socket takes at once, so that it asks for the next piece only when it has sent the one before. */
const readBytes = 256 * 1024;
/** One piece is sent, one waits and one is read at a time; new memory for each would cost more than the sending. */
const pieces = 4;

/**
 * The bytes of a part of a file, in memory that is used again.
 * @throws ContentError for a file that is not what it was when it was listed
 */
export async function* readPart(
  { path, identity, from, to, hashed }: FilePart,
  onPosition: (position: number) => void,
  onHash: (sha256: string) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const task = { source: path, size: Number(identity.size) };
  const file = await open(path, "r").catch((error: unknown) => {
    throw new ContentError("unreadable", reason(error), task);
  });
  try {
    const ring = Array.from({ length: pieces }, () =>
      Buffer.allocUnsafeSlow(Math.min(readBytes, Math.max(1, to - from))),
    );
    const hash = hashed === true ? createHash("sha256") : undefined;
    // What was sent before belongs to the hash, too.
    let at = hash === undefined ? from : 0;
    for (let turn = 0; at < to; turn += 1) {
      const buffer = ring[turn % pieces] ?? Buffer.allocUnsafeSlow(readBytes);
      const end = at < from ? from : to;
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) throw new ContentError("changed", `${path} became shorter`, task);
      const piece = bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
      hash?.update(piece);
      at += bytesRead;
      if (at <= from) continue;
      // Before the last byte leaves: with it the request is complete.
      if (at >= to) requireSame(identityOf(await file.stat({ bigint: true })), identity, task);
      if (at >= to && hash !== undefined && to === task.size) onHash(hash.digest("hex"));
      yield piece;
      onPosition(at);
    }
  } finally {
    await file.close();
  }
}

function requireSame(now: FileIdentity, before: FileIdentity, task: ContentTask): void {
  if (isSameFile(before, now)) return;
  throw new ContentError("changed", `${task.source} was written to while it was sent`, task);
}
