import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { ContentError, type ContentTask } from "../../../content/index.ts";
import { type ErrorContext, reason, type SlipwayError, systemCode } from "../../../errors/index.ts";
import { registryError } from "../errors.ts";
import type {
  FilePart,
  FileTarget,
  ReceivedFile,
  TransferFailure,
  TransferOutcome,
  TransferPool,
  TransferTask,
} from "../transfer/index.ts";
import type { HeldAnswer, PersistentConnections } from "../wire/index.ts";
import { Arrival } from "./arrival.ts";
import { readPart } from "./read-part.ts";

/** The bytes of a request, which can be sent again from the start. */
interface ReplayableBody {
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A part of a file as the bytes of a request. */
interface FileBody {
  readonly part: FilePart;
  /** Called with how far into the file has been sent; starts again when the request is sent again. */
  readonly onPosition: (position: number) => void;
  /** Called with the SHA-256 of the whole file when its last part was sent and `part.hashed` is set. */
  readonly onHash?: (sha256: string) => void;
}

/** A file for the body of an answer. */
interface Landing {
  readonly target: FileTarget;
  /** Called with the number of bytes since the last call. */
  readonly onBytes: (bytes: number) => void;
  /** Ends the answer where it is, as a broken connection would. */
  readonly stop?: AbortSignal | undefined;
}

/** One HTTP request. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | ReplayableBody | FileBody | undefined;
  /** Where an answer's content may go at once, when it is the part that was asked for; `received` says whether it did. */
  readonly into?: Landing | undefined;
  /** Whether a long answer is expected, which is read as it comes. */
  readonly long?: boolean | undefined;
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
  /** What of the body went into a file, in place of `body`. */
  readonly received: ReceivedFile | undefined;
  /** Reads at most so many bytes. @throws SlipwayError REGISTRY_CONFUSED for more */
  bytes(limit: number): Promise<Uint8Array>;
  /** The body, or its first bytes when it is longer. */
  beginning(length: number): Promise<Uint8Array>;
  /** Lets go of the body without reading it. */
  drop(): Promise<void>;
}

/** Something that sends requests: the only place where bytes leave and enter. */
export type Exchange = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Commits may take minutes while a registry copies what it got. */
const answerMs = 5 * 60_000;
/** A connection on which nothing comes for so long is given up. */
const silenceMs = 60_000;

/** What of an unwanted body is read, to keep its connection. */
const mostDropped = 64 * 1024;

export interface ExchangeOptions {
  /** Carries whatever there is, through proxies as well; given when it is needed first. */
  readonly dispatcher: () => Promise<Dispatcher>;
  /** Carries what is short, over connections of its own; undefined where a proxy is between. */
  readonly short?: PersistentConnections | undefined;
  /** Moves files in threads, over connections of its own; undefined where a proxy is between. */
  readonly transfers?: TransferPool | undefined;
}

/** Sends requests through a dispatcher, and where that is possible, short ones past it and files through threads. */
export function exchangeThrough({ dispatcher, short, transfers }: ExchangeOptions): Exchange {
  return async (request, signal) => {
    const task = taskOf(request);
    if (transfers !== undefined && task !== undefined) {
      const outcome = await transfers.run(task, progressOf(request), signal, request.into?.stop);
      if (outcome.sha256 !== undefined && isFile(request.body)) request.body.onHash?.(outcome.sha256);
      const answer = answerOf(outcome, task, request.url);
      if (answer !== undefined) return answer;
    }
    const { method, url, headers = {}, body, patience = answerMs } = request;
    try {
      signal.throwIfAborted();
      if (short !== undefined && request.into === undefined && request.long !== true && isAtHand(body)) {
        const answer = await short.ask({ method, url, headers, body, patience, silence: silenceMs }, signal);
        if (answer !== undefined) return new ReceivedAnswer(answer, url, undefined);
      }
      const arrival = new Arrival(signal);
      const options: Dispatcher.DispatchOptions = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { ...headers, ...lengthOf(body) },
        body: streamOf(body),
        headersTimeout: patience,
        bodyTimeout: silenceMs,
        // A connection is kept after HEAD as well, of which there is one for each blob and more.
        reset: false,
      };
      (await dispatcher()).dispatch(options, arrival);
      const { status, headers: received } = await arrival.head;
      return new ArrivingAnswer(status, received, arrival, url);
    } catch (error) {
      signal.throwIfAborted();
      throw explainTransport(error, url);
    }
  };
}

function taskOf({ method, url, headers = {}, body, into, patience = answerMs }: HttpRequest): TransferTask | undefined {
  const request = { method, url: url.href, headers, patience, silence: silenceMs };
  if (isFile(body)) return { kind: "send", request, part: body.part };
  if (into !== undefined) return { kind: "receive", request, target: into.target };
  return undefined;
}

function progressOf({ body, into }: HttpRequest): (bytes: number) => void {
  if (!isFile(body)) return into?.onBytes ?? (() => {});
  let position = body.part.from;
  return (bytes) => {
    position += bytes;
    body.onPosition(position);
  };
}

/** @returns undefined when the same has to be asked in another way */
function answerOf(
  { answer, received, failure }: TransferOutcome,
  task: TransferTask,
  url: URL,
): HttpAnswer | undefined {
  // What came before a connection broke is there.
  const useful = answer !== undefined && (failure === undefined || (failure.kind === "broken" && received?.bytes));
  if (useful) {
    const landed = received?.bytes ? received : undefined;
    return new ReceivedAnswer(answer, url, landed);
  }
  if (failure === undefined || failure.kind === "unfit") return undefined;
  throw failed(failure, task, url);
}

function failed(failure: Exclude<TransferFailure, { kind: "unfit" }>, task: TransferTask, url: URL): unknown {
  if (failure.kind === "broken") {
    return explainTransport(Object.assign(new Error(failure.message), { code: failure.code }), url);
  }
  return new ContentError(failure.why, failure.message, contentOf(task));
}

function contentOf(task: TransferTask): ContentTask {
  if (task.kind === "send") return { source: task.part.path, size: Number(task.part.identity.size) };
  const { path, size } = task.kind === "receive" ? task.target : task.beginning;
  return { source: path, size, target: path };
}

function isAtHand(body: HttpRequest["body"]): body is Uint8Array | undefined {
  return body === undefined || body instanceof Uint8Array;
}

function isFile(body: HttpRequest["body"]): body is FileBody {
  return body !== undefined && "part" in body;
}

function streamOf(body: HttpRequest["body"]): Uint8Array | Readable | null {
  if (isAtHand(body)) return body ?? null;
  const bytes = isFile(body) ? readPart(body.part, body.onPosition, body.onHash) : body.open();
  // One piece waits while the one before is sent: memory does not grow with a slow registry.
  return Readable.from(bytes, { objectMode: true, highWaterMark: 1 });
}

function lengthOf(body: HttpRequest["body"]): Record<string, string> {
  if (body === undefined) return {};
  const size = body instanceof Uint8Array ? body.length : isFile(body) ? body.part.to - body.part.from : body.size;
  return { "content-length": String(size) };
}

abstract class Answer {
  readonly status: number;
  advice: string | undefined;
  readonly #headers: Readonly<Record<string, string | string[] | undefined>>;

  constructor(status: number, headers: Readonly<Record<string, string | string[] | undefined>>) {
    this.status = status;
    this.#headers = headers;
  }

  headers(name: string): readonly string[] {
    const value = this.#headers[name];
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
  }

  header(name: string): string | undefined {
    return this.headers(name)[0];
  }
}

/** An answer whose body comes over a connection. */
class ArrivingAnswer extends Answer implements HttpAnswer {
  readonly received = undefined;
  readonly #arrival: Arrival;
  readonly #url: URL;

  constructor(status: number, headers: ConstructorParameters<typeof Answer>[1], arrival: Arrival, url: URL) {
    super(status, headers);
    this.#arrival = arrival;
    this.#url = url;
  }

  get body(): Readable {
    return this.#arrival.stream();
  }

  async bytes(limit: number): Promise<Uint8Array> {
    const bytes = await this.beginning(limit + 1);
    if (bytes.length <= limit) return bytes;
    throw tooMuch(this.#url, limit);
  }

  async beginning(length: number): Promise<Uint8Array> {
    const { bytes, more } = await this.#arrival.beginning(length).catch((error: unknown) => {
      throw explainTransport(error, this.#url);
    });
    if (more) this.#arrival.abandon();
    return bytes.subarray(0, length);
  }

  async drop(): Promise<void> {
    // A short rest is read, so that the connection can be used again; a long one is not worth it.
    const rest = await this.#arrival.beginning(mostDropped).catch(() => undefined);
    if (rest?.more) this.#arrival.abandon();
  }
}

/** An answer that a thread received: its content is in a file, or it is short. */
class ReceivedAnswer extends Answer implements HttpAnswer {
  readonly received: ReceivedFile | undefined;
  readonly #bytes: Uint8Array;
  readonly #url: URL;

  constructor({ status, headers, body }: HeldAnswer, url: URL, received: ReceivedFile | undefined) {
    super(status, headers);
    this.received = received;
    this.#bytes = body;
    this.#url = url;
  }

  get body(): Readable {
    return Readable.from([this.#bytes]);
  }

  async bytes(limit: number): Promise<Uint8Array> {
    if (this.#bytes.length > limit) throw tooMuch(this.#url, limit);
    return this.#bytes;
  }

  async beginning(length: number): Promise<Uint8Array> {
    return this.#bytes.subarray(0, length);
  }

  async drop(): Promise<void> {}
}

function tooMuch(url: URL, limit: number): SlipwayError {
  return registryError("REGISTRY_CONFUSED", `${url.host} sent more than ${limit} bytes where that is too much`);
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
  if (!(code in ownWords) && !/^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code)) return error;
  return registryError(
    "REGISTRY_UNREACHABLE",
    `the connection to ${url.host} failed: ${describe(code, error)}`,
    context,
  );
}

/** Failures that are noticed here and not by the system. */
const ownWords: Readonly<Record<string, string>> = {
  STALLED: "nothing moved for a minute",
  UNANSWERED: "no answer came in time",
  UNCONNECTED: "it could not be made in time",
};

function describe(code: string, error: unknown): string {
  const words: Readonly<Record<string, string>> = {
    ...ownWords,
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
