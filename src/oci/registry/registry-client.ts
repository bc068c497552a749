import type { Authorizer, Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import type { Exchange, HttpAnswer, HttpRequest } from "./http/exchange.ts";
import type { FileThreads } from "./http/file-threads.ts";
import { Passing, type Persistence, persist, retryAfter } from "./http/persist.ts";
import { mayReach, noPlainHosts, type PlainHosts } from "./http/plain-http.ts";
import { locate } from "./http/redirect.ts";
import { refusalOf } from "./refusal.ts";

/** A request to a registry, on behalf of a repository. */
export interface Call extends Omit<HttpRequest, "url"> {
  /** A path such as `/v2/<name>/tags/list`, or the URL of an upload. */
  readonly to: string | URL;
  readonly scope: Scope;
}

export interface RegistryClientOptions {
  /** Scheme, host and port. */
  readonly origin: URL;
  /** Hosts that the user named for plain HTTP. */
  readonly plainHttp?: PlainHosts;
  readonly exchange: Exchange;
  /** Undefined where files do not go through threads. */
  readonly threads?: FileThreads | undefined;
  readonly authorizer: Authorizer;
  readonly persistence: Persistence;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

const mostHops = 5;
/** One for the first token, one for a token that ran out, one for a scope that was too narrow. */
const mostChallenges = 3;

/** Speaks with one registry: credentials, redirects and patience. What the answers mean is for others. */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  /** Scheme, host and port as text, and whether they may be reached at all: asked for with each request. */
  readonly #origin: string;
  readonly #reachable: boolean;

  constructor(options: RegistryClientOptions) {
    const { origin, plainHttp = noPlainHosts } = options;
    this.#options = options;
    this.#origin = origin.origin;
    this.#reachable = mayReach(origin, origin, plainHttp);
  }

  get host(): string {
    return this.#options.origin.host;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Undefined where files do not go through threads. */
  get threads(): FileThreads | undefined {
    return this.#options.threads;
  }

  /**
   * Does several exchanges that belong together, all of them again after a failure that may pass.
   *
   * @param signal ends it earlier than the client's own
   * @throws SlipwayError the last failure
   */
  persist<T>(work: (attempt: number) => Promise<T>, signal: AbortSignal = this.signal): Promise<T> {
    return persist(work, this.#options.persistence, signal);
  }

  /**
   * Sends a request until there is an answer that is not "later".
   * @throws SlipwayError REGISTRY_DENIED, REGISTRY_UNREACHABLE, REGISTRY_FAILED, REGISTRY_CONFUSED, REGISTRY_INSECURE
   */
  call(call: Call): Promise<HttpAnswer> {
    return this.persist(() => this.once(call));
  }

  /** The same, once; an answer of "later" is thrown as a failure that may pass. */
  async once(call: Call): Promise<HttpAnswer> {
    const answer = await this.#authorised(call);
    if (answer.status !== 408 && answer.status !== 429 && answer.status < 500) return answer;
    const wait = retryAfter(answer.header("retry-after"), this.#options.now());
    throw new Passing(await refusalOf(answer, this.host), wait);
  }

  /** The URL of a path on this registry. */
  url(to: string | URL): URL {
    return to instanceof URL ? to : new URL(to, this.#options.origin);
  }

  async #authorised({ to, scope, headers = {}, ...request }: Call): Promise<HttpAnswer> {
    const { origin, plainHttp = noPlainHosts, exchange, authorizer } = this.#options;
    let url = this.url(to);
    let challenges = 0;
    for (let hops = 0; hops <= mostHops; ) {
      // Credentials are for the registry that the user named, wherever it leads.
      const own = url.origin === this.#origin;
      if (!(own ? this.#reachable : mayReach(url, origin, plainHttp))) throw unprotected(origin, url);
      const sent = own ? await authorizer.header(scope) : undefined;
      const authorization: Record<string, string> = sent === undefined ? {} : { authorization: sent };
      const answer = await exchange({ ...request, url, headers: { ...headers, ...authorization } }, this.signal);
      if (own && challenges < mostChallenges && isChallenge(answer)) {
        challenges += 1;
        if (await authorizer.challenged(answer.headers("www-authenticate"), scope, sent)) {
          await answer.drop();
          continue;
        }
      }
      if (answer.status === 401 || answer.status === 403) answer.advice = own ? authorizer.advice(scope) : undefined;
      if (!isRedirect(answer.status, request.method)) return answer;
      url = locate(answer.header("location"), url);
      await answer.drop();
      hops += 1;
    }
    throw registryError("REGISTRY_CONFUSED", `${this.host} redirects more than ${mostHops} times`);
  }
}

function unprotected(origin: URL, { host }: URL): Error {
  const what = host === origin.host ? `${host} would be reached` : `${origin.host} leads to ${host}`;
  return registryError("REGISTRY_INSECURE", `${what} without encryption`, {
    remedy: `Have the registry lead to an https address; where everybody on the way may read what is sent, add ${host} to plain-http.`,
  });
}

/** RFC 6750, 3.1: a token that may not do this is answered with 403. */
function isChallenge(answer: HttpAnswer): boolean {
  if (answer.status === 401) return true;
  return answer.status === 403 && answer.headers("www-authenticate").some((value) => /insufficient_scope/.test(value));
}

/** 301 to 303 turn other methods into GET, which nobody means who sends content. */
function isRedirect(status: number, method: HttpRequest["method"]): boolean {
  if (status === 307 || status === 308) return true;
  return (status === 301 || status === 302 || status === 303) && (method === "GET" || method === "HEAD");
}
