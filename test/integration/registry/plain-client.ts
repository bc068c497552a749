import { createHash } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import type { TestRegistry } from "../../registry/index.ts";

/** An answer, whole; `cut` where the connection ended before it did. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly cut: boolean;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/**
 * Sends one request and follows nothing: what a specification says of an answer is looked at as it comes.
 * @param to a path of the registry or a URL
 * @throws Error when no answer began
 */
export function ask(registry: TestRegistry, method: string, to: string, { headers = {}, body = "" }: Asked = {}) {
  const bytes = Buffer.from(body);
  return new Promise<PlainAnswer>((done, failed) => {
    const length = bytes.length > 0 || method === "PUT" ? { "content-length": String(bytes.length) } : {};
    const sent = request(new URL(to, registry.origin), { method, headers: { ...length, ...headers } }, (response) => {
      const pieces: Buffer[] = [];
      const end = (cut: boolean) =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces), cut });
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", () => end(true));
      response.on("end", () => end(!response.complete));
    });
    sent.on("error", failed);
    sent.end(bytes);
  });
}

/** The sha256 digest of some bytes. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Begins an upload and gives its Location. */
export async function beginUpload(registry: TestRegistry, name: string): Promise<string> {
  const { headers } = await ask(registry, "POST", `/v2/${name}/blobs/uploads/`, { headers: { "content-length": "0" } });
  return String(headers.location);
}

/** A location with a digest in its query. */
export function committing(location: string, digest: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}
