/** The head of an HTTP/1.1 answer. */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name; several fields of one name are joined with a comma (RFC 9110, 5.2). */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body begins. */
  readonly length: number;
  /** Whether the connection stays open after the body (RFC 9112, 9.3). */
  readonly persistent: boolean;
}

/** More than any registry sends; what is longer is no head. */
export const maxHeadBytes = 64 * 1024;

const end = Buffer.from("\r\n\r\n");
const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
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
  const [, version, status] = statusLine.exec(first) ?? [];
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
  const persistent = version === "1" && !/(^|[, ])close($|[, ])/i.test(headers.get("connection") ?? "");
  return { status: Number(status), headers: Object.fromEntries(headers), length: stop + end.length, persistent };
}

/** The length of a body that is sent as it is; undefined for any other. */
export function plainLength({ headers }: Pick<ResponseHead, "headers">): number | undefined {
  const length = headers["content-length"];
  const plain = headers["transfer-encoding"] === undefined && /^(identity)?$/i.test(headers["content-encoding"] ?? "");
  return plain && length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
