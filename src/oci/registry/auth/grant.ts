import { coversScope, mergeScopes, type Scope, scopeTexts } from "./scope.ts";

/** A value for `Authorization`, and how long it is good for. Times are milliseconds since 1970, by our clock. */
export interface Authorization {
  /** Undefined when the registry wants credentials and there are none. */
  readonly header: string | undefined;
  readonly obtainedAt: number;
  /** When it has to be replaced by a new one. */
  readonly renewAt: number;
}

/** What is known of a 401. */
export interface Refusal {
  /** The header that was sent; undefined for none. */
  readonly sent: string | undefined;
  /** Scopes that the registry named. */
  readonly named: readonly string[];
  /** True when it said that the header is valid, and does not reach far enough. */
  readonly insufficient: boolean;
  /** True when it wants another scheme than the header has. */
  readonly otherScheme: boolean;
  /** By our clock. */
  readonly now: number;
}

/** Gets a new authorization for scopes `repository:<name>:<actions>`. */
export type Obtain = (scopes: readonly string[]) => Promise<Authorization>;

/** A header that is refused so soon after it was obtained is not out of date: the answer is no. */
const freshMs = 10_000;

/** What is held for one scope: one authorization at a time, shared by all requests, and what became of those before. */
export class Grant {
  readonly #own: readonly string[];
  readonly #obtain: Obtain;
  /** Scopes that the registry named beyond our own: some know a repository by another name than its clients. */
  #named: readonly string[] = [];
  #held: Authorization | undefined;
  #handedOut = false;
  #pending: Promise<Authorization> | undefined;
  readonly #refused = new Set<string>();
  /** Headers that answer a refusal; refused themselves, they end the matter. */
  readonly #lastChance = new Set<string>();

  constructor(scope: Scope, obtain: Obtain) {
    this.#own = scopeTexts(scope);
    this.#obtain = obtain;
  }

  /** The header for a request at this time. */
  async header(now: number): Promise<string | undefined> {
    // One that is over on arrival is sent once all the same: our clock may be wrong, and a second one would be no better.
    const usable = this.#held !== undefined && (now < this.#held.renewAt || !this.#handedOut);
    const { header } = usable && this.#held !== undefined ? this.#held : await this.#renew();
    this.#handedOut = true;
    return header;
  }

  /**
   * Learns that a header, or a request without one, was refused.
   * @returns true when there is another header, which has not been refused yet
   */
  async refused({ sent, named, insufficient, otherScheme, now }: Refusal): Promise<boolean> {
    const unknown = named.filter((text) => !coversScope(this.#scopes, text));
    if (sent === undefined) {
      if (this.#held === undefined && this.#pending === undefined) this.#named = unknown;
      return this.#isNew((this.#held ?? (await this.#renew())).header);
    }
    this.#refused.add(sent);
    if (this.#lastChance.has(sent)) return false;
    if (this.#held?.header === sent) {
      const fresh = now - this.#held.obtainedAt < freshMs;
      const isAnswer = (insufficient || fresh) && unknown.length === 0 && !otherScheme;
      if (isAnswer) return false;
      if (unknown.length > 0) this.#named = unknown;
      this.#held = undefined;
    }
    const { header } = this.#held ?? (await this.#renew());
    if (header !== undefined) this.#lastChance.add(header);
    return this.#isNew(header);
  }

  #isNew(header: string | undefined): boolean {
    return header !== undefined && !this.#refused.has(header);
  }

  get #scopes(): readonly string[] {
    return mergeScopes([...this.#own, ...this.#named]);
  }

  #renew(): Promise<Authorization> {
    this.#pending ??= this.#replace().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #replace(): Promise<Authorization> {
    const obtained = await this.#obtain(this.#scopes);
    this.#held = obtained;
    this.#handedOut = false;
    return obtained;
  }
}
