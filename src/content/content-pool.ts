import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import {
  type ContentFailureKind,
  type ContentOutcome,
  type ContentResult,
  type ContentTask,
  performContentTask,
} from "./content-task.ts";
import type { WorkerMessage } from "./content-worker.ts";

/** Below this, starting a thread costs more than reading the file in place. */
const worthAThread = 16 * 1024 * 1024;

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

interface Job {
  readonly task: ContentTask;
  readonly onBytes: (bytes: number) => void;
  resolve(result: ContentResult): void;
  reject(error: unknown): void;
}

/**
 * Hashes and copies files in parallel: large ones in threads, one for each core, small ones in place.
 * Memory is one buffer of 1 MiB for each thread. Threads start with the first large file and end with `close`.
 */
export class ContentPool implements AsyncDisposable {
  readonly #threads: number;
  readonly #signal: AbortSignal;
  readonly #queue: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #onAbort = (): void => void this.close();
  #inPlace: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly signal: AbortSignal; readonly threads?: number }) {
    this.#threads = options.threads ?? availableParallelism();
    this.#signal = options.signal;
    this.#signal.addEventListener("abort", this.#onAbort);
  }

  /**
   * Performs a task.
   *
   * @param onBytes called with the number of bytes read since the last call
   * @throws ContentError when the file or its copy failed, or the signal's reason when it was aborted
   */
  run(task: ContentTask, onBytes: (bytes: number) => void = () => {}): Promise<ContentResult> {
    if (task.size < worthAThread) return this.#runInPlace(task, onBytes);
    const { promise, resolve, reject } = Promise.withResolvers<ContentResult>();
    // Largest first, so that the last thread to finish is not the one with the biggest file.
    const position = this.#queue.findIndex((job) => job.task.size < task.size);
    this.#queue.splice(position < 0 ? this.#queue.length : position, 0, { task, onBytes, resolve, reject });
    queueMicrotask(() => this.#dispatch());
    return promise;
  }

  /** Ends all threads; tasks that have not ended are rejected. */
  async close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#onAbort);
    const error = this.#signal.aborted ? this.#signal.reason : new Error("the content pool was closed");
    const workers = [...this.#idle, ...this.#busy.keys()];
    for (const job of [...this.#queue, ...this.#busy.values()]) job.reject(error);
    this.#queue.length = 0;
    this.#idle.length = 0;
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #runInPlace(task: ContentTask, onBytes: (bytes: number) => void): Promise<ContentResult> {
    const result = this.#inPlace.then(async () => {
      // Lets progress, signals and thread messages through between two files.
      await nextTurn();
      this.#signal.throwIfAborted();
      return settle(performContentTask(task, onBytes), task);
    });
    this.#inPlace = result.catch(() => undefined);
    return result;
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.#threads ? this.#start() : undefined);
      const job = worker === undefined ? undefined : this.#queue.shift();
      if (worker === undefined || job === undefined) return;
      this.#busy.set(worker, job);
      worker.postMessage(job.task);
    }
  }

  #start(): Worker {
    const worker = new Worker(workerLocation());
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
      this.#busy.get(worker)?.reject(error);
      this.#busy.delete(worker);
      this.#dispatch();
    });
    return worker;
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
