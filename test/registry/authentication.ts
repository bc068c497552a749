import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "./problem.ts";

export type Action = "pull" | "push" | "delete";

export interface User {
  readonly password: string;
  readonly may: readonly Action[];
  /** Where; everywhere unless told. */
  readonly repositories?: RegExp;
  /** What a credential helper keeps as an identity token. */
  readonly refreshToken?: string;
}

interface Accounts {
  readonly users: Readonly<Record<string, User>>;
  /** What everybody may; nobody gets in without credentials when it is not given. */
  readonly anonymous?: readonly Action[];
}

export interface TokenOptions {
  /** Seconds that a token is said to live; not said unless given, which means 60. */
  readonly expiresIn?: number;
  /** How long it does live; 60 000 unless told. */
  readonly lifetimeMs?: number;
  readonly answers?: "token" | "access_token" | "both";
  /** Tokens give at most this, whatever was asked for. */
  readonly narrowedTo?: readonly Action[];
  /** The listener that tokens are asked of. */
  readonly realm?: "registry" | "elsewhere";
  /** A token that has died during the upload does not commit it. */
  readonly checkedAtCommit?: boolean;
}

export type Authentication = (Accounts & { readonly kind: "basic" }) | (Accounts & TokenOptions & { kind: "bearer" });

/** Path of the token service. */
export const tokenPath = "/auth/token";
export const tokenService = "test-registry";

/** What the sender of a request may do. */
export interface Admission {
  may(action: Action, repository: string): boolean;
  /** @throws Problem UNAUTHORIZED when the token died meanwhile */
  check(): void;
}

/** A token, and what it opens. */
interface Grant {
  readonly actions: ReadonlyMap<string, readonly Action[]>;
  readonly user: User | undefined;
  expiresAt: number;
}

/** Of who asks where nobody is kept out. */
export const everything: Admission = { may: () => true, check: () => {} };

/** Who gets in: none, Basic, or Bearer with tokens of its own. */
export class Guard {
  readonly #how: Authentication | undefined;
  readonly #realm: () => string;
  readonly #grants = new Map<string, Grant>();

  constructor(how: Authentication | undefined, realm: () => string) {
    this.#how = how;
    this.#realm = realm;
  }

  /**
   * @param actions needed in the repository; none for the base of the API, which everybody with credentials may see
   * @throws Problem UNAUTHORIZED with a challenge, DENIED
   */
  admit({ authorization }: IncomingHttpHeaders, actions: readonly Action[], repository: string): Admission {
    if (this.#how === undefined) return everything;
    if (this.#how.kind === "basic") return this.#admitUser(this.#how, authorization, actions, repository);
    return this.#admitToken(authorization, actions, repository);
  }

  /** A new token for the scopes of a request: the distribution project's "Token Authentication Specification". */
  grant(user: User | undefined, scopes: readonly string[]): { token: string; options: TokenOptions } {
    if (this.#how?.kind !== "bearer") throw new Problem(404, "UNSUPPORTED", "there is no token service");
    const { anonymous = [], narrowedTo, lifetimeMs = 60_000 } = this.#how;
    const actions = new Map<string, readonly Action[]>();
    for (const scope of scopes) {
      const [, name = "", asked = ""] = /^repository:(.+):([^:]*)$/.exec(scope) ?? [];
      const may = allowed(user, anonymous, name).filter((action) => narrowedTo?.includes(action) ?? true);
      actions.set(name, [...(actions.get(name) ?? []), ...may.filter((action) => asked.split(",").includes(action))]);
    }
    const token = randomBytes(24).toString("base64url");
    this.#grants.set(token, { actions, user, expiresAt: Date.now() + lifetimeMs });
    return { token, options: this.#how };
  }

  /** The user of Basic credentials; undefined for nobody, where nobody is let in. @throws Problem UNAUTHORIZED */
  userOf(authorization: string | undefined): User | undefined {
    const anonymous = this.#how?.anonymous;
    const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
    if (encoded === undefined) {
      if (anonymous !== undefined) return undefined;
      throw new Problem(401, "UNAUTHORIZED", "credentials are needed");
    }
    const [, name = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    return this.userNamed(name, password);
  }

  /** @throws Problem UNAUTHORIZED */
  userNamed(name: string, password: string): User {
    const user = Object.entries(this.#how?.users ?? {}).find(([known]) => known === name)?.[1];
    if (user?.password !== password) throw new Problem(401, "UNAUTHORIZED", "wrong name or password");
    return user;
  }

  /** @throws Problem UNAUTHORIZED */
  userOfRefreshToken(refreshToken: string): User {
    const user = Object.values(this.#how?.users ?? {}).find((known) => known.refreshToken === refreshToken);
    if (user === undefined) throw new Problem(401, "UNAUTHORIZED", "unknown refresh token");
    return user;
  }

  /** Lets all tokens that were given so far die now. */
  expireTokens(): void {
    for (const grant of this.#grants.values()) grant.expiresAt = 0;
  }

  #admitUser(accounts: Accounts, authorization: string | undefined, actions: readonly Action[], repository: string) {
    const challenge = { "www-authenticate": 'Basic realm="test registry"' };
    let user: User | undefined;
    try {
      user = this.userOf(authorization);
    } catch (error) {
      throw error instanceof Problem ? new Problem(401, error.code, error.message, challenge) : error;
    }
    const may = (action: Action, name: string) => allowed(user, accounts.anonymous ?? [], name).includes(action);
    if (!actions.every((action) => may(action, repository))) {
      if (user === undefined) throw new Problem(401, "UNAUTHORIZED", "credentials are needed", challenge);
      throw new Problem(403, "DENIED", `no ${actions.join(" and ")} in ${repository}`);
    }
    return { may, check: () => {} };
  }

  #admitToken(authorization: string | undefined, actions: readonly Action[], repository: string): Admission {
    const refuse = (error?: string): Problem => {
      const scope = actions.length > 0 ? `,scope="repository:${repository}:${actions.join(",")}"` : "";
      const why = error === undefined ? "" : `,error="${error}"`;
      const challenge = `Bearer realm="${this.#realm()}",service="${tokenService}"${scope}${why}`;
      return new Problem(401, "UNAUTHORIZED", error ?? "a token is needed", { "www-authenticate": challenge });
    };
    const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) throw refuse();
    const grant = this.#grants.get(token);
    const alive = () => grant !== undefined && Date.now() < grant.expiresAt;
    if (grant === undefined || !alive()) throw refuse("invalid_token");
    const may = (action: Action, name: string) => grant.actions.get(name)?.includes(action) === true;
    if (!actions.every((action) => may(action, repository))) throw refuse("insufficient_scope");
    const strict = this.#how?.kind === "bearer" && this.#how.checkedAtCommit === true;
    return {
      may,
      check: () => {
        if (strict && !alive()) throw refuse("invalid_token");
      },
    };
  }
}

function allowed(user: User | undefined, anonymous: readonly Action[], repository: string): readonly Action[] {
  if (user === undefined) return anonymous;
  return user.repositories === undefined || user.repositories.test(repository) ? user.may : anonymous;
}
