import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { inParallel, stagingName, sweepStaging } from "../../content/index.ts";
import { credentialsFor } from "./askpass.ts";
import { classifyPush, explainFailure } from "./classify.ts";
import { gitEnvironment } from "./environment.ts";
import { gitError } from "./errors.ts";
import { type CommitMessage, encodeMessage } from "./message.ts";
import { listTree } from "./objects.ts";
import { requirePath } from "./paths.ts";
import { type GitCall, type GitOutcome, gitText, runGit } from "./process.ts";
import { type GitRemote, requireRemote, withoutCredentials } from "./remote.ts";
import { Snapshot } from "./snapshot.ts";

/** Files to write on top of a branch, and what the commit says. */
export interface Change {
  /** Full path → new bytes, or undefined to delete. */
  readonly files: ReadonlyMap<string, Uint8Array | undefined>;
  readonly message: CommitMessage;
}

/** What somebody wants to do, having seen the branch as it is. */
export type Proposal<T> =
  | { readonly kind: "change"; readonly change: Change; readonly value: T }
  | { readonly kind: "nothing"; readonly value: T };

export interface RepositoryOptions {
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly committer: { readonly name: string; readonly email: string };
  /** Told when somebody else was faster. */
  readonly onRetry?: (attempt: number, why: string) => void;
}

const maxAttempts = 60;
const patience = 90_000;
const processesAtOnce = 4;
const stagingPrefix = "slipway-git";
const localRef = "refs/slipway/head";

/**
 * A branch of somebody's repository, through a bare repository of our own in a temporary directory. There is no work
 * tree, so bytes are exact; and git never runs inside of the other repository, so that reading it starts nothing which
 * it brings. (A push runs the hooks of whoever receives it, as it has to.) One call at a time.
 */
export class Repository implements AsyncDisposable {
  readonly #remote: GitRemote;
  readonly #options: RepositoryOptions;
  readonly #call: GitCall;
  readonly #temporary: string;

  private constructor(remote: GitRemote, options: RepositoryOptions, call: GitCall, temporary: string) {
    this.#remote = remote;
    this.#options = options;
    this.#call = call;
    this.#temporary = temporary;
  }

  /** @throws SlipwayError GIT_REMOTE_INVALID, GIT_MISSING, SECRET_UNREADABLE */
  static async open(remote: GitRemote, options: RepositoryOptions): Promise<Repository> {
    requireRemote(remote);
    // What a killed process left there may hold a token.
    await sweepStaging(tmpdir(), stagingPrefix);
    const temporary = join(tmpdir(), stagingName(stagingPrefix));
    await mkdir(temporary, { mode: 0o700 });
    try {
      const directory = join(temporary, "repository.git");
      await mkdir(directory);
      const { variables, settings, hide } = await credentialsFor(remote, temporary);
      // biome-ignore lint/style/noProcessEnv: git finds programs, proxies and certificates as this process does.
      const env = gitEnvironment(process.env, variables, settings);
      const call = { directory, env, signal: options.signal, hide };
      await gitText(call, ["init", "--quiet", "--bare", "--template=", directory]);
      return new Repository(remote, options, call, temporary);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * The branch as it is now.
   * @throws SlipwayError GIT_NOT_FOUND, GIT_ACCESS_DENIED, GIT_UNREACHABLE, GIT_SHALLOW
   */
  async snapshot(): Promise<Snapshot> {
    const { repository, branch } = this.#remote;
    const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force", "--update-shallow"];
    const ref = `refs/heads/${branch}`;
    const fetched = await runGit(this.#call, [...args, "--end-of-options", repository, `+${ref}:${localRef}`]);
    if (fetched.code !== 0) {
      // A server's own words have "remote:" before them.
      if (!/^fatal: couldn't find remote ref/im.test(fetched.stderr)) throw explainFailure(fetched.stderr, repository);
      await this.#requireGitServer();
      return new Snapshot(this.#call, undefined);
    }
    const shallow = await runGit(this.#call, ["rev-parse", "--is-shallow-repository", localRef]);
    const [cut, commit] = shallow.stdout.toString("utf8").trim().split("\n");
    if (cut === "true") throw gitError("GIT_SHALLOW", `${repository} is a shallow clone`);
    return new Snapshot(this.#call, commit);
  }

  /**
   * Compare-and-set. Lets `propose` look at the branch as it is and make a change, commits it on top and pushes it
   * without force; when somebody else was faster, starts again from what is there now. Nothing is ever rebased or
   * merged, so that what is pushed was proposed for exactly the state that it follows.
   *
   * @throws SlipwayError PUSH_REJECTED, PUSH_CONTENDED, what `snapshot` throws; whatever `propose` throws to give up
   */
  async publish<T>(
    propose: (snapshot: Snapshot) => Promise<Proposal<T>>,
  ): Promise<{ readonly value: T; readonly commit: string | undefined; readonly attempts: number }> {
    const { signal, onRetry } = this.#options;
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const snapshot = await this.snapshot();
      const proposal = await propose(snapshot);
      if (proposal.kind === "nothing") return { value: proposal.value, commit: undefined, attempts: attempt };
      const commit = await this.#commit(snapshot.commit, proposal.change);
      const pushed = await this.#push(commit, snapshot.commit);
      if (pushed.code === 0) return { value: proposal.value, commit, attempts: attempt };
      const text = `${this.#call.hide(pushed.stdout.toString("utf8"))}\n${pushed.stderr}`;
      const failure = classifyPush(text, this.#remote.repository);
      if (failure.kind === "terminal") throw failure.error;
      if (attempt >= maxAttempts || performance.now() - started > patience) {
        throw gitError("PUSH_CONTENDED", `${this.#remote.repository} moved ${attempt} times while a change was made`);
      }
      onRetry?.(attempt, failure.why);
      const most = Math.min(2000, 40 * 1.5 ** attempt);
      await setTimeout(most * (0.3 + 0.7 * Math.random()), undefined, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#temporary, { recursive: true, force: true });
  }

  /**
   * Makes sure that it is a Git server which says that there is no such branch. To git, any page that a web server gives
   * in place of a list of branches may look like an empty list, and an empty repository holds nothing back.
   *
   * @throws SlipwayError GIT_NOT_FOUND, GIT_ACCESS_DENIED, GIT_UNREACHABLE
   */
  async #requireGitServer(): Promise<void> {
    const { repository, branch } = this.#remote;
    if (requireRemote(this.#remote) !== "http") return;
    const call = { ...this.#call, env: { ...this.#call.env, GIT_TRACE_PACKET: "2" } };
    const args = ["ls-remote", "--quiet", "--end-of-options", repository, `refs/heads/${branch}`];
    const { code, stderr } = await runGit(call, args);
    if (/^(?!remote:).* packet: +\S+< /m.test(stderr)) return;
    if (code !== 0) throw explainFailure(stderr, repository);
    throw gitError("GIT_NOT_FOUND", `what answers at ${withoutCredentials(repository)} is no Git server`);
  }

  /** Without force, the push succeeds only on top of what was read; a new branch must not have appeared meanwhile. */
  async #push(commit: string, parent: string | undefined): Promise<GitOutcome> {
    const { repository, branch } = this.#remote;
    const ref = `refs/heads/${branch}`;
    const lease = parent === undefined ? [`--force-with-lease=${ref}:`] : [];
    const args = ["push", "--porcelain", "--no-verify", ...lease, "--end-of-options", repository, `${commit}:${ref}`];
    return runGit(this.#call, args);
  }

  async #commit(parent: string | undefined, { files, message }: Change): Promise<string> {
    const index = join(this.#temporary, `index-${process.hrtime.bigint()}`);
    const call = { ...this.#call, env: { ...this.#call.env, GIT_INDEX_FILE: index } };
    try {
      const paths = [...files.keys()].map(requirePath);
      if (parent !== undefined) await gitText(call, ["read-tree", parent]);
      const modes = await this.#modesOf(parent, paths);
      const lines = await inParallel(
        [...files],
        processesAtOnce,
        async ([path, bytes]) => {
          if (bytes === undefined) return `0 ${"0".repeat(40)}\t${path}\0`;
          const object = await gitText(call, ["hash-object", "-w", "--stdin"], bytes);
          return `${modes.get(path) === "100755" ? "100755" : "100644"} ${object}\t${path}\0`;
        },
        async () => {},
      );
      await gitText(call, ["update-index", "-z", "--index-info"], lines.join(""));
      const tree = await gitText(call, ["write-tree"]);
      const parents = parent === undefined ? [] : ["-p", parent];
      return await gitText(
        { ...call, env: { ...call.env, ...this.#identity() } },
        ["commit-tree", tree, ...parents, "-F", "-"],
        encodeMessage(message),
      );
    } finally {
      await rm(index, { force: true });
    }
  }

  async #modesOf(parent: string | undefined, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (parent === undefined || paths.length === 0) return new Map();
    return new Map((await listTree(this.#call, parent, ...paths)).map(({ path, mode }) => [path, mode]));
  }

  #identity(): Record<string, string> {
    const { committer, now } = this.#options;
    const date = `${Math.floor(now().getTime() / 1000)} +0000`;
    const name = committer.name.replace(/[<>\p{Cc}]/gu, "").trim() || "slipway";
    const email = committer.email.replace(/[<>\p{Cc}\s]/gu, "");
    return {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    };
  }
}
