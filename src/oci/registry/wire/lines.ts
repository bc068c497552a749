import pLimit, { type LimitFunction } from "p-limit";
import { type HeldAnswer, Line, type LineBody, type SentRequest } from "./line.ts";
import { requestHead } from "./request-head.ts";
import type { Trust } from "./trust.ts";

/** A request that can be sent at once. */
export interface LineRequest extends Omit<SentRequest, "head" | "body"> {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: LineBody | undefined;
}

const nothing = new Uint8Array();

/** RFC 9110, 9.2.1. */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** How many connections one host gets at once. */
const mostLines = 16;
/** Shorter than most servers keep a connection on which nothing comes. */
const idleMs = 4000;

/** What is known of one scheme, host and port. */
interface Trunk {
  readonly limit: LimitFunction;
  readonly idle: Line[];
  readonly busy: Set<Line>;
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
export class Lines {
  readonly #trust: Trust;
  readonly #trunks = new Map<string, Trunk>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /**
   * @returns undefined when it has to be asked in another way
   * @throws Error with a system's code, or UNCONNECTED, UNANSWERED, STALLED; the signal's reason
   */
  async ask(request: LineRequest, signal: AbortSignal): Promise<HeldAnswer | undefined> {
    const trunk = this.#trunkTo(request.url);
    const sent = trunk.unfit.has(request.method) ? undefined : written(request);
    if (sent === undefined) return undefined;
    return trunk.limit(async () => {
      for (let fresh = false; ; fresh = true) {
        signal.throwIfAborted();
        const line = (fresh ? undefined : idleLine(trunk)) ?? this.#open(request.url, trunk);
        trunk.busy.add(line);
        try {
          const answer = await line.ask(sent, signal);
          if (typeof answer !== "string") return answer;
          if (answer === "strange") trunk.unfit.add(request.method);
          return undefined;
        } catch (error) {
          // What changes something may have done so before its answer was lost: whoever asked looks first.
          if (!line.wasStale || !safe.has(request.method) || signal.aborted) throw error;
        } finally {
          trunk.busy.delete(line);
          this.#keep(line, trunk);
        }
      }
    });
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const { idle, busy } of this.#trunks.values()) for (const line of [...idle.splice(0), ...busy]) line.end();
  }

  #trunkTo({ origin }: URL): Trunk {
    const known = this.#trunks.get(origin);
    if (known !== undefined) return known;
    const trunk = {
      limit: pLimit(mostLines),
      idle: [],
      busy: new Set<Line>(),
      unfit: new Set<string>(),
      session: undefined,
    };
    this.#trunks.set(origin, trunk);
    return trunk;
  }

  #open(url: URL, trunk: Trunk): Line {
    return new Line(url, this.#trust, trunk.session, (session) => {
      trunk.session = session;
    });
  }

  #keep(line: Line, trunk: Trunk): void {
    if (!line.open) return;
    line.idleSince = performance.now();
    trunk.idle.push(line);
    this.#sweep ??= setInterval(() => this.#close(performance.now() - idleMs), idleMs / 4).unref();
  }

  /** Closes what has had nothing to do since a moment: the longest idle lie first. */
  #close(since: number): void {
    for (const { idle } of this.#trunks.values()) {
      const kept = idle.findIndex(({ idleSince }) => idleSince > since);
      for (const line of idle.splice(0, kept < 0 ? idle.length : kept)) line.end();
    }
  }
}

/** @returns undefined for one that whoever asks in another way says what is wrong with */
function written({ method, url, headers, body = nothing, patience, silence }: LineRequest): SentRequest | undefined {
  const length: Record<string, string> = body.length === 0 ? {} : { "content-length": String(body.length) };
  try {
    return { method, head: requestHead(method, url, { ...headers, ...length }), body, patience, silence };
  } catch {
    return undefined;
  }
}

function idleLine({ idle }: Trunk): Line | undefined {
  let line = idle.pop();
  while (line !== undefined && !line.open) line = idle.pop();
  return line;
}
