import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { type ErrorContext, reason, type SlipwayError, systemCode } from "../../../errors/index.ts";
import { registryError } from "../errors.ts";

/** The bytes of a request, which can be sent again from the start. */
export interface ReplayableBody {
  /** Bytes; undefined when it is not known before they were sent. */
  readonly size: number | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** One HTTP request. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | ReplayableBody | undefined;
  /** How long the answer may take once everything was sent, in milliseconds. */
  readonly patience?: number | undefined;
}

/** Its answer; whoever receives it reads the body to the end or drops it. */
export interface HttpAnswer {
  readonly status: number;
  /** What can be done about a refusal, where whoever sent the request knows. */
  advice: string | undefined;
  /** By lower-case name; undefined for none. */
  header(name: string): string | undefined;
  /** Every value of a header. */
  headers(name: string): readonly string[];
  readonly body: Readable;
  /** Reads at most so many bytes. @throws SlipwayError REGISTRY_CONFUSED for more */
  bytes(limit: number): Promise<Uint8Array>;
  /** Lets go of the body without reading it. */
  drop(): Promise<void>;
}

/** Something that sends requests: the only place where bytes leave and enter. */
export type Exchange = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Commits may take minutes while a registry copies what it got. */
const answerMs = 5 * 60_000;
/** A connection on which nothing comes for so long is given up. */
const silenceMs = 60_000;

/** Sends requests through a dispatcher, which decides on connections, proxies and certificates. */
export function exchangeThrough(dispatcher: Dispatcher): Exchange {
  return async ({ method, url, headers = {}, body, patience = answerMs }, signal) => {
    try {
      const options: Dispatcher.RequestOptions = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { ...headers, ...lengthOf(body) },
        body: streamOf(body),
        signal,
        headersTimeout: patience,
        bodyTimeout: silenceMs,
      };
      const { statusCode, headers: received, body: stream } = await dispatcher.request(options);
      return new Answer(statusCode, received, stream, url);
    } catch (error) {
      signal.throwIfAborted();
      throw explainTransport(error, url);
    }
  };
}

function streamOf(body: HttpRequest["body"]): Uint8Array | Readable | null {
  if (body === undefined || body instanceof Uint8Array) return body ?? null;
  // One piece waits while the one before is sent: memory does not grow with a slow registry.
  return Readable.from(body.open(), { objectMode: true, highWaterMark: 1 });
}

function lengthOf(body: HttpRequest["body"]): Record<string, string> {
  if (body === undefined) return {};
  const size = body instanceof Uint8Array ? body.length : body.size;
  return size === undefined ? {} : { "content-length": String(size) };
}

class Answer implements HttpAnswer {
  readonly status: number;
  advice: string | undefined;
  readonly body: Readable;
  readonly #headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly #url: URL;

  constructor(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Readable,
    url: URL,
  ) {
    this.status = status;
    this.#headers = headers;
    this.body = body;
    this.#url = url;
    // Whoever reads it hears of its failure; one that nobody reads fails in silence.
    body.on("error", () => {});
  }

  headers(name: string): readonly string[] {
    const value = this.#headers[name];
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
  }

  header(name: string): string | undefined {
    return this.headers(name)[0];
  }

  async bytes(limit: number): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of this.body) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > limit) break;
      }
    } catch (error) {
      throw explainTransport(error, this.#url);
    }
    if (size <= limit) return Buffer.concat(chunks);
    this.body.destroy();
    throw registryError("REGISTRY_CONFUSED", `${this.#url.host} sent more than ${limit} bytes where that is too much`);
  }

  async drop(): Promise<void> {
    // A short rest is read, so that the connection can be used again; a long one is not worth it.
    let size = 0;
    try {
      for await (const chunk of this.body) {
        size += chunk.length;
        if (size > 64 * 1024) break;
      }
    } catch {
      // It was not wanted.
    }
    this.body.destroy();
  }
}

/** What OpenSSL says of an answer that is not TLS. */
const notTls = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER_FAILURE)$/;
const untrusted = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|ERR_SSL_|ERR_TLS_)/;

/** What a failure of the connection means; a failure that is ours is passed on. */
export function explainTransport(error: unknown, url: URL): SlipwayError | unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const context: ErrorContext = { cause: error };
  if (notTls.test(code)) {
    return registryError(
      "REGISTRY_INSECURE",
      `${url.host} was asked for an encrypted connection and does not speak TLS`,
      {
        ...context,
        remedy: `Correct the port; where everybody on the way may read what is sent, add ${url.host} to plain-http.`,
      },
    );
  }
  if (untrusted.test(code)) {
    return registryError("CERTIFICATE_UNTRUSTED", `the certificate of ${url.host} is not trusted: ${code}`, context);
  }
  const refusal = /^Proxy response \((4\d\d)\)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (refusal !== undefined) {
    return registryError("PROXY_REFUSED", `the proxy refused to connect to ${url.host}: ${refusal}`, context);
  }
  const known = /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code);
  if (!known) return error;
  return registryError(
    "REGISTRY_UNREACHABLE",
    `the connection to ${url.host} failed: ${describe(code, error)}`,
    context,
  );
}

function describe(code: string, error: unknown): string {
  const words: Readonly<Record<string, string>> = {
    ENOTFOUND: "there is no host of this name",
    EAI_AGAIN: "the host's name cannot be looked up now",
    ECONNREFUSED: "nobody listens there",
    ECONNRESET: "it was cut",
    EPIPE: "it was cut",
    UND_ERR_SOCKET: "it was cut",
    UND_ERR_HEADERS_TIMEOUT: "no answer came in time",
    UND_ERR_BODY_TIMEOUT: "nothing came for a minute",
    UND_ERR_CONNECT_TIMEOUT: "it could not be made in time",
  };
  return words[code] ?? reason(error).slice(0, 200);
}
