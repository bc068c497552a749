import { dirname, resolve } from "node:path";
import type { Host, Secret } from "../contract/index.ts";
import type { Policy } from "../lifecycle/index.ts";
import { Repository } from "./git/index.ts";
import { GitLedger } from "./ledger/git-ledger.ts";

export type RepositoriesOptions = Parameters<typeof Repository.open>[1] & {
  /** Absolute directory that relative paths start from: that of the policy which names them. */
  readonly base: string;
  readonly token: Secret | undefined;
};

/** The repositories of one run, each opened once. */
export class Repositories implements AsyncDisposable {
  readonly #open = new Map<string, Promise<Repository>>();
  readonly #options: RepositoriesOptions;

  constructor(options: RepositoriesOptions) {
    this.#options = options;
  }

  /**
   * Those that a policy names, for a step.
   * @param file where the policy lies; its relative paths start there
   * @param author who commits; nobody does in a step that only reads
   */
  static of(
    file: string,
    host: Pick<Host, "signal" | "now" | "info" | "mask">,
    { token, author = "slipway" }: { readonly token: Secret | undefined; readonly author?: string | undefined },
  ): Repositories {
    return new Repositories({
      signal: host.signal,
      now: () => host.now(),
      committer: { name: author, email: "slipway@localhost" },
      base: dirname(file),
      token: token && masked(token, host),
      onRetry: (attempt, why) => host.info(`somebody else was faster (${why}); attempt ${attempt + 1}`),
    });
  }

  /** The ledger of a policy; undefined for one without. @throws SlipwayError GIT_* */
  async ledger({ ledger }: Policy): Promise<GitLedger | undefined> {
    return ledger === undefined ? undefined : new GitLedger(await this.open(ledger), ledger.repository);
  }

  /** @throws SlipwayError GIT_* */
  open(remote: { readonly repository: string; readonly branch: string }): Promise<Repository> {
    const { base, token, ...options } = this.#options;
    const repository = locate(remote.repository, base);
    const key = `${repository}\n${remote.branch}`;
    const open = this.#open.get(key) ?? Repository.open({ repository, branch: remote.branch, token }, options);
    this.#open.set(key, open);
    return open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const open of this.#open.values()) {
      await open.then((repository) => repository[Symbol.asyncDispose]()).catch(() => {});
    }
  }
}

/** A token that the host hides as soon as it was read. */
function masked(token: Secret, host: Pick<Host, "mask">): Secret {
  return {
    place: token.place,
    read: async () => {
      const bytes = await token.read();
      host.mask(bytes.toString("utf8"));
      return bytes;
    },
  };
}

/** A URL, and `user@host:path` as ssh takes it, stay; a path becomes absolute. */
function locate(repository: string, base: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/]+@[^/:]+:/.test(repository)
    ? repository
    : resolve(base, repository);
}
