import type { Problem } from "./problem.ts";

/** Bytes of known size that are read where they are wanted, so that no answer is ever held in memory. */
export interface Source {
  readonly size: number;
  /** @param to the first byte that is not wanted */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** What a handler answers; the headers' names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Source;
  /** Not told how long the body is. */
  readonly lengthless?: boolean;
}

export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: Source | Uint8Array | string = "",
): Answer {
  if (typeof body === "string") return { status, headers, body: sourceOf(Buffer.from(body)) };
  return { status, headers, body: body instanceof Uint8Array ? sourceOf(body) : body };
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, { "content-type": "application/json", ...headers }, JSON.stringify(value));
}

export function refusal({ status, code, message, headers }: Problem): Answer {
  return json(status, { errors: [{ code, message }] }, headers);
}

function sourceOf(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    async *read(from, to) {
      if (from < to) yield bytes.subarray(from, to);
    },
  };
}
