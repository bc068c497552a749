import pLimit, { type LimitFunction } from "p-limit";
import { type DirectBody, type HeldAnswer, PersistentConnection, type SentRequest } from "./persistent-connection.ts";
import { requestHead } from "./request-head.ts";
import type { Trust } from "./trust.ts";

/** A request that can be sent at once. */
export interface DirectRequest extends Omit<SentRequest, "head" | "body"> {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: DirectBody | undefined;
}

const nothing = new Uint8Array();

/** RFC 9110, 9.2.1. */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** How many connections one host gets at once. */
const mostConnections = 16;
/** Shorter than most servers keep a connection on which nothing comes. */
const idleMs = 4000;

/** What is known of one scheme, host and port. */
interface Origin {
  readonly limit: LimitFunction;
  readonly idle: PersistentConnection[];
  readonly busy: Set<PersistentConnection>;
  /** Methods whose answers this cannot hold or understand. */
  readonly unfit: Set<string>;
  /** Of TLS. */
  session: Buffer | undefined;
}

/**
 * Exchanges whose answers are short, of which a release has thousands, over connections that stay open: a fraction of
 * the work that a client for everything has with each. What it does not understand is for such a client to ask again,
 * so everything that is asked here must be fit to be asked twice.
 */
export class PersistentConnections {
  readonly #trust: Trust;
  readonly #origins = new Map<string, Origin>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /**
   * @returns undefined when it has to be asked in another way
   * @throws Error with a system's code, or UNCONNECTED, UNANSWERED, STALLED; the signal's reason
   */
  async ask(request: DirectRequest, signal: AbortSignal): Promise<HeldAnswer | undefined> {
    const origin = this.#originOf(request.url);
    const sent = origin.unfit.has(request.method) ? undefined : written(request);
    if (sent === undefined) return undefined;
    return origin.limit(async () => {
      for (let fresh = false; ; fresh = true) {
        signal.throwIfAborted();
        const connection = (fresh ? undefined : idleConnection(origin)) ?? this.#open(request.url, origin);
        origin.busy.add(connection);
        try {
          const answer = await connection.ask(sent, signal);
          if (typeof answer !== "string") return answer;
          if (answer === "strange") origin.unfit.add(request.method);
          return undefined;
        } catch (error) {
          // What changes something may have done so before its answer was lost: whoever asked looks first.
          if (!connection.wasStale || !safe.has(request.method) || signal.aborted) throw error;
        } finally {
          origin.busy.delete(connection);
          this.#keep(connection, origin);
        }
      }
    });
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const { idle, busy } of this.#origins.values())
      for (const connection of [...idle.splice(0), ...busy]) connection.end();
  }

  #originOf({ origin: name }: URL): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const origin = {
      limit: pLimit(mostConnections),
      idle: [],
      busy: new Set<PersistentConnection>(),
      unfit: new Set<string>(),
      session: undefined,
    };
    this.#origins.set(name, origin);
    return origin;
  }

  #open(url: URL, origin: Origin): PersistentConnection {
    return new PersistentConnection(url, this.#trust, origin.session, (session) => {
      origin.session = session;
    });
  }

  #keep(connection: PersistentConnection, origin: Origin): void {
    if (!connection.open) return;
    connection.idleSince = performance.now();
    origin.idle.push(connection);
    this.#sweep ??= setInterval(() => this.#close(performance.now() - idleMs), idleMs / 4).unref();
  }

  /** Closes what has had nothing to do since a moment: the longest idle lie first. */
  #close(since: number): void {
    for (const { idle } of this.#origins.values()) {
      const kept = idle.findIndex(({ idleSince }) => idleSince > since);
      for (const connection of idle.splice(0, kept < 0 ? idle.length : kept)) connection.end();
    }
  }
}

/** @returns undefined for one that whoever asks in another way says what is wrong with */
function written({ method, url, headers, body, patience, silence }: DirectRequest): SentRequest | undefined {
  const length: Record<string, string> = body === undefined ? {} : { "content-length": String(body.length) };
  try {
    const head = requestHead(method, url, { ...headers, ...length });
    return { method, head, body: body ?? nothing, patience, silence };
  } catch {
    return undefined;
  }
}

function idleConnection({ idle }: Origin): PersistentConnection | undefined {
  let connection = idle.pop();
  while (connection !== undefined && !connection.open) connection = idle.pop();
  return connection;
}
