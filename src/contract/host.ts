import type { Secret } from "./secret.ts";

export type HostName = "github" | "tekton" | "cli";

/** The workflow that a run belongs to, as its host's environment says; asserted, not proven. */
export interface Workflow {
  /** URI of the workflow itself, the same for all of its runs. */
  readonly builder: string;
  /** URL of the repository that the run is of. */
  readonly repository?: string;
  /** Full commit of that repository, hexadecimal. */
  readonly commit?: string;
  /** Branch, tag or pull request: `refs/heads/main`. */
  readonly ref?: string;
  /** Who started it. */
  readonly actor?: string;
  /** What started it: `push`, `schedule`. */
  readonly trigger?: string;
  /** What people look the run up by, where it has no page: `<namespace>/<TaskRun>`. */
  readonly invocation?: string;
  /** Base URL of the host's own API, without a slash at the end. */
  readonly api?: string;
}

/** Which run of which system this is; evidence and tags name it. */
export interface RunIdentity {
  /** Characters `[A-Za-z0-9-]` only, so that it fits into a tag. */
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** A page that shows the run, where the host has one. */
  readonly url: string | undefined;
  /** Undefined where there is none, as on the command line, or the host does not say which. */
  readonly workflow?: Workflow | undefined;
}

/** Progress of one long piece of work, in bytes. */
export interface Progress {
  advance(bytes: number): void;
  /** Removes what is shown; called once, also after a failure. */
  end(): void;
}

/**
 * The place a step runs in: everything a step may ask of GitHub, Tekton or a terminal.
 * Steps use nothing else of the process: no environment, no exit, no console.
 */
export interface Host {
  readonly name: HostName;
  readonly run: RunIdentity;
  /** What gives this job identity tokens, where the host has such; a token is asked for when something is signed. */
  readonly identityProvider?: { readonly url: string; readonly token: Secret } | undefined;
  /** Absolute directory that relative paths start from. */
  readonly directory: string;
  /** `SOURCE_DATE_EPOCH` in seconds, when set. */
  readonly sourceDateEpoch: number | undefined;
  /** Aborted when the host is asked to stop. */
  readonly signal: AbortSignal;
  /** The current time; asserted, not proven. */
  now(): Date;
  info(line: string): void;
  /** Shown as an annotation where the host has them. */
  warn(line: string): void;
  debug(line: string): void;
  /** Lines logged while `work` runs are shown together, under `title`, where the host can fold. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Starts showing progress; `total` in bytes, undefined when it is not known. */
  progress(title: string, total: number | undefined): Progress;
  /** Hides this text in everything the host shows from now on. */
  mask(secret: string): void;
  /** Keeps a text for this step's clean-up, which runs in another process where the host has one. */
  saveState(name: string, value: string): void;
}
