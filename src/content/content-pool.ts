import { open, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { isOutOfSpace, reason } from "../errors/index.ts";
import {
  type ContentFailureKind,
  type ContentOutcome,
  type ContentResult,
  type ContentTask,
  performContentTask,
} from "./content-task.ts";
import type { WorkerMessage } from "./content-worker.ts";
import type { DigestMemory } from "./digest-memory.ts";

/** Below this, starting a thread costs more than reading the file in place. */
const worthAThread = 16 * 1024 * 1024;
/** Each costs about 15 MB of the 200 that a step may use, and this many outrun most disks. */
const mostThreads = 6;

/** Why a file could not be hashed or copied; the caller says what that means for its store or directory. */
export class ContentError extends Error {
  override readonly name = "ContentError";
  readonly kind: ContentFailureKind;
  readonly task: ContentTask;

  constructor(kind: ContentFailureKind, message: string, task: ContentTask) {
    super(message);
    this.kind = kind;
    this.task = task;
  }
}

interface Job extends PromiseWithResolvers<ContentResult> {
  readonly task: ContentTask;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Hashes and copies files in parallel: large ones in threads, one for each core up to six, small ones in place.
 * Memory is one buffer of 1 MiB for each thread. Threads start with the first large file and end with `close`.
 */
export class ContentPool implements AsyncDisposable {
  readonly #threads: number;
  readonly #memory: DigestMemory | undefined;
  readonly #signal: AbortSignal;
  readonly #queue: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  /** Shared with the threads, which look at it between two reads. */
  readonly #closed = new Int32Array(new SharedArrayBuffer(4));
  readonly #onAbort = (): void => void this.close();
  #closing: Promise<void> | undefined;
  #inPlace: Promise<unknown> = Promise.resolve();

  /** @param options.memory spares reading files that were hashed before; saved when the pool is closed */
  constructor(options: {
    readonly signal: AbortSignal;
    readonly threads?: number;
    readonly memory?: DigestMemory | undefined;
  }) {
    this.#memory = options.memory;
    this.#threads = options.threads ?? Math.min(availableParallelism(), mostThreads);
    this.#signal = options.signal;
    this.#signal.addEventListener("abort", this.#onAbort);
  }

  /**
   * Performs a task.
   *
   * @param onBytes called with the number of bytes read since the last call
   * @throws ContentError when the file or its copy failed, or the signal's reason when it was aborted
   */
  async run(task: ContentTask, onBytes: (bytes: number) => void = () => {}): Promise<ContentResult> {
    this.#requireOpen();
    const { size, identity } = task;
    if (this.#memory === undefined || identity === undefined) return this.#perform(task, onBytes);
    const known = await this.known(task);
    if (known !== undefined) {
      onBytes(size);
      return { sha256: known, size };
    }
    const startedAt = Date.now();
    const result = await this.#perform(task, onBytes);
    this.#memory.remember(identity, result.sha256, startedAt);
    return result;
  }

  /** Lower-case hexadecimal SHA-256 of a file that was hashed before and has not changed; undefined for any other. */
  async known({ source, target, identity }: ContentTask): Promise<string | undefined> {
    return target === undefined && identity !== undefined ? this.#memory?.recall(source, identity) : undefined;
  }

  /** Learns the SHA-256 of a file that somebody else hashed, and keeps it at once: hashing such a file took long. */
  async remember({ identity }: ContentTask, sha256: string, startedAt: number): Promise<void> {
    if (identity === undefined || this.#memory === undefined) return;
    this.#memory.remember(identity, sha256, startedAt);
    await this.#memory.save();
  }

  async #perform(task: ContentTask, onBytes: (bytes: number) => void): Promise<ContentResult> {
    this.#requireOpen();
    if (task.size < worthAThread) return this.#runInPlace(task, onBytes);
    const job: Job = { task, onBytes, ...Promise.withResolvers<ContentResult>() };
    // Largest first, so that the last thread to finish is not the one with the biggest file.
    const position = this.#queue.findIndex((other) => other.task.size < task.size);
    this.#queue.splice(position < 0 ? this.#queue.length : position, 0, job);
    queueMicrotask(() => this.#dispatch());
    return job.promise;
  }

  /**
   * Ends all threads and refuses further tasks; tasks that have not ended are rejected, each when nothing reads or
   * writes its files any more.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#onAbort);
    Atomics.store(this.#closed, 0, 1);
    for (const job of this.#queue.splice(0)) job.reject(this.#reasonOfEnd());
    await Promise.allSettled([...this.#busy.values()].map((job) => job.promise));
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
    await this.#memory?.save();
  }

  #requireOpen(): void {
    if (this.#signal.aborted || this.#closing !== undefined) throw this.#reasonOfEnd();
  }

  #reasonOfEnd(): unknown {
    return this.#signal.aborted ? this.#signal.reason : new Error("the content pool was closed");
  }

  #runInPlace(task: ContentTask, onBytes: (bytes: number) => void): Promise<ContentResult> {
    const result = this.#inPlace.then(async () => {
      // Lets progress, signals and thread messages through between two files.
      await nextTurn();
      this.#requireOpen();
      return settle(performContentTask(task, onBytes, "later"), task);
    });
    this.#inPlace = result.catch(() => undefined);
    return task.target === undefined ? result : flushed(result, task, task.target);
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      if (this.#idle.length === 0 && this.#busy.size >= this.#threads) return;
      const job = this.#queue.shift();
      if (job === undefined) return;
      try {
        const worker = this.#idle.pop() ?? this.#start();
        this.#busy.set(worker, job);
        worker.postMessage(job.task);
      } catch (error) {
        // The system has no thread left.
        job.reject(error);
      }
    }
  }

  #start(): Worker {
    const worker = new Worker(workerLocation(), { workerData: this.#closed });
    worker.on("message", (message: WorkerMessage) => {
      const job = this.#busy.get(worker);
      if (job === undefined) return;
      if ("bytes" in message) return job.onBytes(message.bytes);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      try {
        job.resolve(settle(message.outcome, job.task));
      } catch (error) {
        job.reject(error);
      }
      this.#dispatch();
    });
    worker.on("error", (error) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      job?.reject(this.#closing === undefined ? error : this.#reasonOfEnd());
      this.#dispatch();
    });
    return worker;
  }
}

/** Waits for the disk beside the next copies, so that many small files are flushed together. */
async function flushed(copied: Promise<ContentResult>, task: ContentTask, target: string): Promise<ContentResult> {
  const result = await copied;
  try {
    await using file = await open(target, "r");
    await file.datasync();
    return result;
  } catch (error) {
    await rm(target, { force: true });
    throw new ContentError(isOutOfSpace(error) ? "no-space" : "unwritable", reason(error), task);
  }
}

function settle(outcome: ContentOutcome, task: ContentTask): ContentResult {
  if (outcome.ok) return outcome.result;
  throw new ContentError(outcome.kind, outcome.message, task);
}

/** The worker lies beside this module, in the sources as TypeScript and in the bundle as JavaScript. */
function workerLocation(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./content-worker.ts" : "./content-worker.js", import.meta.url);
}
