import type { SlipwayError } from "../../../errors/index.ts";
import { Passing, retryAfter } from "../http/persist.ts";
import { mayReach, noPlainHosts, type PlainHosts } from "../http/plain-http.ts";
import { type BearerChallenge, type Challenge, parseChallenges } from "./challenge.ts";
import { basicAuthorization, type Credentials } from "./credentials.ts";
import { authError } from "./errors.ts";
import type { CredentialSearch } from "./find-credentials.ts";
import { type Authorization, Grant } from "./grant.ts";
import { type Scope, scopeTexts } from "./scope.ts";
import { type IssuedToken, parseTokenAnswer } from "./token-answer.ts";
import { type TokenRequest, tokenRequest } from "./token-request.ts";

/** Sends a request to a token server. It follows no redirect: what is sent is for that server alone. */
export type TokenTransport = (request: TokenRequest, signal: AbortSignal) => Promise<TokenAnswer>;

interface TokenAnswer {
  readonly status: number;
  /** Value of `Retry-After`. */
  readonly retryAfter?: string | undefined;
  readonly body: Uint8Array;
}

export interface AuthorizerOptions {
  /** Scheme, host and port of the registry. */
  readonly registry: URL;
  /** Hosts that the user named for plain HTTP. */
  readonly plainHttp?: PlainHosts;
  /** Asked for each new token, so that credentials may change. */
  readonly credentials: (repository: string) => Promise<Omit<CredentialSearch, "located">>;
  readonly transport: TokenTransport;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The longest scope that a registry may ask us to ask for, and how many. */
const maxScopeLength = 1024;
const maxScopes = 8;

/**
 * What one registry wants to see in `Authorization`, learned from its answers: HTTP Basic or tokens (distribution,
 * "Token Authentication Specification"). Tokens are kept by scope, renewed before they run out, and asked for once
 * however many requests wait.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #grants = new Map<string, Grant>();
  /** Identity tokens that the token server replaced by others. */
  readonly #replaced = new Map<string, string>();
  /** What the last search for credentials came to, by repository. */
  readonly #searches = new Map<string, Omit<CredentialSearch, "located">>();
  #challenge: Challenge | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /**
   * Value of `Authorization` for a request; undefined while the registry has not asked for one, and when it wants
   * credentials that nobody has.
   *
   * @throws SlipwayError REGISTRY_DENIED, TOKEN_SERVER_FAILED, TOKEN_REALM_REFUSED, CREDENTIALS_UNPROTECTED; what finding
   *   the credentials and the transport throw; Passing when the token server wants to be asked again later
   */
  async header(scope: Scope): Promise<string | undefined> {
    if (this.#challenge === undefined) return undefined;
    return this.#grant(scope).header(this.#options.now());
  }

  /**
   * Learns from a 401, or from a 403 that says `insufficient_scope`.
   *
   * Ends for every request, whatever the registry answers: a header that was obtained just now for these scopes is not
   * replaced when it is refused, an older one once.
   *
   * @param wwwAuthenticate values of `WWW-Authenticate`, one for each header
   * @param sent `Authorization` of the request that was refused
   * @returns true when the request is worth sending again, with the header that `header` gives now
   * @throws SlipwayError TOKEN_REALM_REFUSED, and what `header` throws
   */
  async challenged(wwwAuthenticate: readonly string[], scope: Scope, sent: string | undefined): Promise<boolean> {
    const { registry, plainHttp = noPlainHosts, now } = this.#options;
    const offered = parseChallenges(wwwAuthenticate, registry, plainHttp);
    // Some registries refuse a token that is over without saying again what they want.
    const challenge = offered.find(({ scheme }) => scheme === "bearer") ?? offered[0] ?? this.#challenge;
    if (challenge === undefined) return false;
    this.#challenge = challenge;
    const bearer = challenge.scheme === "bearer" && offered.includes(challenge) ? challenge : undefined;
    return this.#grant(scope).refused({
      sent,
      named: namedScopes(bearer),
      insufficient: bearer?.error === "insufficient_scope",
      otherScheme: sent !== undefined && !sent.toLowerCase().startsWith(`${challenge.scheme} `),
      now: now(),
    });
  }

  /**
   * What somebody can do whose request the registry refused for good: it depends on whether there were credentials.
   * @returns undefined when nobody has looked for any
   */
  advice({ repository, actions }: Scope): string | undefined {
    return this.#adviceOn(repository, `${actions.join(" and ")} ${repository}`);
  }

  #grant(scope: Scope): Grant {
    const key = keyOf(scope);
    const grant = this.#grants.get(key) ?? new Grant(scope, (scopes) => this.#obtain(scope.repository, scopes));
    this.#grants.set(key, grant);
    return grant;
  }

  async #obtain(repository: string, scopes: readonly string[]): Promise<Authorization> {
    const { registry, plainHttp = noPlainHosts, now } = this.#options;
    const challenge = this.#challenge;
    const search = await this.#options.credentials(repository);
    this.#searches.set(repository, search);
    const { credentials } = search;
    if (credentials !== undefined && !mayReach(registry, registry, plainHttp)) {
      throw authError("CREDENTIALS_UNPROTECTED", `the credentials for ${registry.host} would be sent over plain HTTP`);
    }
    if (challenge?.scheme === "bearer" && credentials?.kind !== "registry-token") {
      const { token, renewAt } = await this.#request(challenge, credentials, repository, scopes);
      return { header: `Bearer ${token}`, obtainedAt: now(), renewAt };
    }
    const header = credentials === undefined ? undefined : this.#withoutServer(credentials, repository, challenge);
    return { header, obtainedAt: now(), renewAt: Number.POSITIVE_INFINITY };
  }

  /** The header that credentials make by themselves. */
  #withoutServer(credentials: Credentials, repository: string, challenge: Challenge | undefined): string {
    if (credentials.kind === "password") return basicAuthorization(credentials.username, credentials.password);
    if (challenge?.scheme === "bearer") return `Bearer ${credentials.token}`;
    const { host } = this.#options.registry;
    throw this.#denial(`${host} wants a user name and a password, and there is only a token for it`, repository);
  }

  async #request(
    challenge: BearerChallenge,
    credentials: Exclude<Credentials, { readonly kind: "registry-token" }> | undefined,
    repository: string,
    scopes: readonly string[],
  ): Promise<{ readonly token: string; readonly renewAt: number }> {
    const { transport, now, signal } = this.#options;
    signal.throwIfAborted();
    const identity = credentials?.kind === "identity-token" ? credentials.token : undefined;
    const latest = identity === undefined ? undefined : (this.#replaced.get(identity) ?? identity);
    const used = latest === undefined ? credentials : ({ kind: "identity-token", token: latest } as const);
    const sentAt = now();
    const answer = await transport(tokenRequest(challenge, used, scopes), signal);
    const { status } = answer;
    const server = challenge.realm.host;
    if (status >= 300 && status < 400) {
      throw authError(
        "TOKEN_REALM_REFUSED",
        `the token server ${server} leads elsewhere, where nothing secret is sent`,
        {
          remedy: "Ask whoever runs the registry to name the address that answers as the realm of its token server.",
        },
      );
    }
    if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) {
      throw this.#denial(`the token server ${server} answered ${scopes.join(" ")} with ${status}`, repository);
    }
    if (status !== 200) {
      const failure = authError("TOKEN_SERVER_FAILED", `the token server ${server} answered with ${status}`);
      throw new Passing(failure, retryAfter(answer.retryAfter, now()));
    }
    const issued = parseTokenAnswer(answer.body, sentAt, server);
    if (identity !== undefined && issued.refreshToken !== undefined) this.#replaced.set(identity, issued.refreshToken);
    return { token: issued.token, renewAt: renewalOf(issued, sentAt) };
  }

  #denial(message: string, repository: string): SlipwayError {
    const remedy = this.#adviceOn(repository, `use ${repository}`);
    return authError("REGISTRY_DENIED", message, remedy === undefined ? {} : { remedy });
  }

  #adviceOn(repository: string, rights: string): string | undefined {
    const search = this.#searches.get(repository);
    if (search === undefined) return undefined;
    const { host } = this.#options.registry;
    if (search.origin !== undefined) {
      return `${host} was asked with the credentials of ${search.origin}: ask for the right to ${rights}, or log in again with \`docker login ${host}\`.`;
    }
    const places =
      search.lookedAt.length === 0 ? "no file is named by HOME or DOCKER_CONFIG" : search.lookedAt.join(", ");
    return `No credentials for ${host} were found (looked at: ${places}): log in with \`docker login ${host}\`, name a file in REGISTRY_AUTH_FILE, or bind the Task's workspace dockerconfig.`;
  }
}

function keyOf(scope: Scope): string {
  return scopeTexts(scope).join(" ");
}

/** A tenth of a token's life before its end, and 10 s at most. */
function renewalOf({ expiresAt }: IssuedToken, sentAt: number): number {
  return expiresAt - Math.min((expiresAt - sentAt) / 10, 10_000);
}

function namedScopes(challenge: BearerChallenge | undefined): readonly string[] {
  const texts = challenge?.scope?.split(/\s+/).filter((text) => text !== "" && text.length <= maxScopeLength) ?? [];
  return texts.slice(0, maxScopes);
}
