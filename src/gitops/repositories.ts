import { resolve } from "node:path";
import type { Secret } from "../contract/index.ts";
import { Repository } from "./git/index.ts";

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

/** A URL, and `user@host:path` as ssh takes it, stay; a path becomes absolute. */
function locate(repository: string, base: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/]+@[^/:]+:/.test(repository)
    ? repository
    : resolve(base, repository);
}
