import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** A request as it arrived; what is not known yet is filled in while it is answered. */
export interface RecordedRequest {
  readonly at: "registry" | "elsewhere";
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that arrived, without the framing of chunks. */
  bytesReceived: number;
  bytesSent: number;
  /** Undefined until an answer begins, and where none did. */
  status: number | undefined;
  /** `cut` by a rule, or `left` by the client, before the end. */
  outcome: "open" | "answered" | "cut" | "left";
}

export function record(at: RecordedRequest["at"], { method = "", url = "", headers }: IncomingMessage) {
  const recorded: RecordedRequest = {
    at,
    method,
    path: url,
    headers,
    bytesReceived: 0,
    bytesSent: 0,
    status: undefined,
    outcome: "open",
  };
  return recorded;
}
