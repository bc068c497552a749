import type { ResponseHead } from "./response-head.ts";

/** A body that is whole, and how many bytes of what came it takes; undefined while more has to come. */
type Taken = { readonly body: Uint8Array; readonly length: number } | undefined;

/** Takes the body from the beginning of what came after a head. `ended` says that nothing more will come. */
export type TakeBody = (came: Buffer, ended: boolean) => Taken | "malformed";

/** Why a body is not read here: there is too much of it, or it is framed in no way that is known. */
export type Unfit = "long" | "strange";

/** Longer ones are for somebody who does not hold them. */
export const mostBody = 1024 * 1024;
/** More than the length of a chunk and its extensions need. */
const longestChunkLine = 1024;

/** How the body of an answer is read (RFC 9112, 6.3). */
export function bodyReader(
  method: string,
  { status, headers }: Pick<ResponseHead, "status" | "headers">,
): TakeBody | Unfit {
  if (method === "HEAD" || status === 204 || status === 304) return () => ({ body: new Uint8Array(), length: 0 });
  const coding = headers["transfer-encoding"];
  const length = headers["content-length"];
  // With both, two readers may see two different bodies.
  if (coding !== undefined) return /^chunked$/i.test(coding) && length === undefined ? takeChunks : "strange";
  if (length === undefined) return takeAll;
  if (!/^\d{1,15}$/.test(length)) return "strange";
  return Number(length) > mostBody ? "long" : takeExactly(Number(length));
}

function takeExactly(length: number): TakeBody {
  return (came) => {
    if (came.length < length) return undefined;
    return { body: came.subarray(0, length), length };
  };
}

/** Only the end of the connection is the end of such a body. */
function takeAll(came: Buffer, ended: boolean): ReturnType<TakeBody> {
  return ended ? { body: came, length: came.length } : undefined;
}

/** RFC 9112, 7.1; extensions and trailers are read and not used. */
function takeChunks(came: Buffer): ReturnType<TakeBody> {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = came.indexOf("\r\n", at);
    if (end < 0) return came.length - at > longestChunkLine ? "malformed" : undefined;
    const digits = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(came.toString("latin1", at, end))?.[1];
    if (digits === undefined) return "malformed";
    const size = Number.parseInt(digits, 16);
    const from = end + 2;
    if (size === 0) return takeTrailers(came, from, Buffer.concat(chunks));
    if (came.length < from + size + 2) return size > mostBody ? "malformed" : undefined;
    if (came.toString("latin1", from + size, from + size + 2) !== "\r\n") return "malformed";
    chunks.push(came.subarray(from, from + size));
    at = from + size + 2;
  }
}

function takeTrailers(came: Buffer, from: number, body: Uint8Array): ReturnType<TakeBody> {
  for (let at = from; ; ) {
    const end = came.indexOf("\r\n", at);
    if (end < 0) return undefined;
    if (end === at) return { body, length: end + 2 };
    at = end + 2;
  }
}
