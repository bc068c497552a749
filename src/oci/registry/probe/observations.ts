import { member, parseObject } from "../auth/json-object.ts";
import { registryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";

const mostHeaderCharacters = 200;
const looked = ["server", "date", "content-type", "www-authenticate", "docker-distribution-api-version"];
const tellTales = ["x-jfrog-version", "x-artifactory-id"];

/** What the registry's first answer looked like, whatever it said. */
export interface FirstAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds from the request to the answer. */
  readonly took: number;
  /** By our clock, in milliseconds since 1970. */
  readonly at: number;
}

/** Life of a token in seconds; `unstated` when the token server did not say. */
export type TokenLife = number | "unstated";

/** Looks at what passes between a client and a registry, and gives each request a time by which it must be over. */
export class Observations {
  readonly #origin: string;
  readonly #stop: AbortSignal;
  readonly #patience: number;
  #cleaning = false;
  requests = 0;
  first: FirstAnswer | undefined;
  /** Whether the registry asked who is there, at any request. */
  challenged = false;
  tokenLife: TokenLife | undefined;

  /**
   * @param origin of the registry; what other servers answer is counted, not looked at
   * @param stop aborted when the user wants no more
   * @param patience how long one answer may take, in milliseconds
   */
  constructor(origin: string, stop: AbortSignal, patience: number) {
    this.#origin = origin;
    this.#patience = patience;
    this.#stop = stop;
  }

  /** From now on only what was made is removed; that is done also when the user wants no more. */
  startCleaning(): void {
    this.#cleaning = true;
  }

  /** @throws the reason of a stop that the user wanted */
  requireGoingOn(): void {
    if (!this.#cleaning) this.#stop.throwIfAborted();
  }

  /** The exchange, watched. */
  watch(exchange: Exchange): Exchange {
    return async (request, signal) => {
      this.requireGoingOn();
      const late = AbortSignal.timeout(this.#patience);
      const signals = this.#cleaning ? [signal, late] : [signal, late, this.#stop];
      const started = Date.now();
      this.requests += 1;
      try {
        const answer = await exchange(request, AbortSignal.any(signals));
        if (request.url.origin === this.#origin) {
          const at = Date.now();
          const headers = headersIn((name) => answer.header(name), [...looked, ...tellTales]);
          this.challenged ||= answer.status === 401;
          this.first ??= { status: answer.status, headers, took: at - started, at };
        }
        return answer;
      } catch (error) {
        this.requireGoingOn();
        if (!late.aborted) throw error;
        const why = `${request.url.host} gave no answer within ${this.#patience / 1000} s`;
        throw registryError("REGISTRY_UNREACHABLE", why, { cause: error });
      }
    };
  }

  /** Notes how long a token says that it lives. */
  noteToken(answer: Uint8Array): void {
    const given = member(parseObject(answer) ?? {}, "expires_in");
    this.tokenLife = typeof given === "number" && given > 0 ? given : "unstated";
  }
}

/** Headers by name, those that are there; long ones are cut. */
export function headersIn(
  header: (name: string) => string | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, value.slice(0, mostHeaderCharacters)]];
    }),
  );
}
