import type { FileTarget } from "./messages.ts";

/** The head of an HTTP/1.1 answer. */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name; several fields of one name are joined with a comma (RFC 9110, 5.2). */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body begins. */
  readonly length: number;
}

/** More than any registry sends; what is longer is no head. */
export const maxHeadBytes = 64 * 1024;

const end = Buffer.from("\r\n\r\n");
const statusLine = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?$/;
const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/**
 * Reads the head at the beginning of what came (RFC 9112, 2 to 5), strictly: a bare line feed, a folded line, or a
 * second, different Content-Length is no head.
 *
 * @returns undefined while its end has not come, "malformed" for anything else
 */
export function parseResponseHead(bytes: Buffer): ResponseHead | "malformed" | undefined {
  const stop = bytes.indexOf(end);
  if (stop < 0) return bytes.length > maxHeadBytes ? "malformed" : undefined;
  if (stop > maxHeadBytes) return "malformed";
  const [first = "", ...lines] = bytes.toString("latin1", 0, stop).split("\r\n");
  const status = statusLine.exec(first)?.[1];
  if (status === undefined) return "malformed";
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = field.exec(line) ?? [];
    if (name === undefined || value === undefined || /[\n\0]/.test(value)) return "malformed";
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (before !== undefined && key === "content-length" && before !== value) return "malformed";
    headers.set(key, before === undefined || key === "content-length" ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers: Object.fromEntries(headers), length: stop + end.length };
}

/** The length of a body that is sent as it is; undefined for any other. */
export function plainLength({ headers }: Pick<ResponseHead, "headers">): number | undefined {
  const length = headers["content-length"];
  const plain = headers["transfer-encoding"] === undefined && /^(identity)?$/i.test(headers["content-encoding"] ?? "");
  return plain && length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/**
 * Where the body of an answer belongs in a file (RFC 9110, 14.4).
 * @param target what was asked for
 * @returns bytes of the body to skip and to keep; undefined when the answer is of another part or another length
 */
export function bodyRange(
  { status, headers }: Pick<ResponseHead, "status" | "headers">,
  length: number,
  { from, until, size, exactly }: Pick<FileTarget, "from" | "until" | "size" | "exactly">,
): { readonly skip: number; readonly keep: number } | undefined {
  if (status === 200) return length === size && !exactly ? { skip: from, keep: until - from } : undefined;
  const [, first, last, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(headers["content-range"] ?? "") ?? [];
  const fits =
    status === 206 &&
    Number(first) === from &&
    Number(last) - Number(first) + 1 === length &&
    Number(last) < (exactly ? until : size) &&
    (total === "*" || Number(total) === size);
  return fits ? { skip: 0, keep: Math.min(length, until - from) } : undefined;
}
