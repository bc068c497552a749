import { setTimeout as sleep } from "node:timers/promises";

/** Which requests a rule is about: all that are given must fit. */
export interface Match {
  readonly method?: string | readonly string[];
  /** Path and query, as the client sent them. */
  readonly path?: RegExp;
  /** The listener that was asked; `registry` when it is not given. */
  readonly at?: "registry" | "elsewhere" | "any";
  /** The first of the fitting requests that is meant, from 1; 1 when it is not given. */
  readonly nth?: number;
  /** How many from there on are meant; 1 when it is not given, `Infinity` for all. */
  readonly times?: number;
}

interface Stall {
  /** The byte of the body before which nothing moves. */
  readonly at: number;
  readonly ms: number;
}

/** Descriptors in an answered index or manifest, changed in each of its entries. */
export interface DescriptorLie {
  readonly digest?: string;
  readonly size?: number;
  readonly artifactType?: string;
}

/** What goes wrong with a request; several may at once. */
export interface Fault {
  // While the request's body is received.

  /** Cuts the connection when so many bytes of it have been taken. */
  readonly cutRequestAfter?: number;
  readonly stallRequest?: Stall;
  /**
   * Answers this and does nothing else. With `afterBytes`, when so many bytes of the body have been taken, or all of
   * them; what came before is treated as what a cut leaves behind.
   */
  readonly answer?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly afterBytes?: number;
    /** Ends the connection once the answer is sent, in place of reading the rest of the body. */
    readonly close?: boolean;
  };
  /** Sends the client to the other listener, which serves the same content; 307 unless told. */
  readonly redirect?: true | 301 | 302 | 307 | 308;

  // In what the registry does.

  /** Waits between the last byte of the body and what it does with it, also if the client has left. */
  readonly delayMs?: number;
  /** A chunk takes the place of all chunks before it, and the digest of the whole is believed (wasmCloud#3405). */
  readonly keepLastChunkOnly?: boolean;
  /** Answers that it took a blob or manifest, and does not have it. */
  readonly forget?: boolean;
  /** From this request on there is no referrers API. */
  readonly loseReferrers?: boolean;
  /** Serves the whole blob with 200 to who asked for a range. */
  readonly ignoreRange?: boolean;

  // In what is sent back, after everything was done.

  /** Cuts the connection in place of the answer. */
  readonly dropAnswer?: boolean;
  readonly rewrite?: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> };
  readonly descriptors?: DescriptorLie;
  /** Each page names itself as the next, or one that has not been asked for yet. */
  readonly repeatLink?: "same" | "new";
  /** Other bytes than those that are there, of a length that is told as if it were right. */
  readonly body?:
    | { readonly truncateTo: number }
    | { readonly padTo: number /** 0 unless told; 0x20 keeps JSON readable. */; readonly with?: number }
    | { readonly flipByteAt: number };
  /** Sends chunks, and no Content-Length. */
  readonly withoutLength?: boolean;
  readonly stallResponse?: Stall;
  /** Cuts the connection when so many bytes of the answer's body were sent. */
  readonly cutResponseAfter?: number;
}

export interface Rule {
  readonly match?: Match;
  readonly fault: Fault;
}

/** A rule that was injected: a test that expects it to fire can see whether it did. */
export interface Injected {
  readonly fired: number;
  remove(): void;
}

interface Counted extends Injected {
  fired: number;
  seen: number;
  readonly rule: Rule;
}

/** The rules of one registry, each with a count of its own. */
export class FaultPlan {
  #rules: Counted[] = [];

  inject(rule: Rule): Injected {
    const counted: Counted = {
      rule,
      seen: 0,
      fired: 0,
      remove: () => {
        this.#rules = this.#rules.filter((other) => other !== counted);
      },
    };
    this.#rules.push(counted);
    return counted;
  }

  /** What goes wrong with this request; of two rules that say the same the later wins. */
  take(method: string, path: string, at: "registry" | "elsewhere"): Fault {
    let fault: Fault = {};
    for (const counted of this.#rules) {
      const { match = {}, fault: own } = counted.rule;
      if (!fits(match, method, path, at)) continue;
      counted.seen += 1;
      const { nth = 1, times = 1 } = match;
      if (counted.seen < nth || counted.seen >= nth + times) continue;
      counted.fired += 1;
      fault = { ...fault, ...own };
    }
    return fault;
  }
}

function fits({ method, path: pattern, at: where = "registry" }: Match, asked: string, path: string, at: string) {
  const methods = typeof method === "string" ? [method] : method;
  return (
    (where === "any" || where === at) &&
    methods?.includes(asked) !== false &&
    (pattern === undefined || path.search(pattern) >= 0)
  );
}

/** Waits, and no longer than the signal lets it. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
