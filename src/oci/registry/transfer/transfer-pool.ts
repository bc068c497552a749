import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ThreadData, TransferMessage, TransferOrder, TransferOutcome, TransferTask } from "./messages.ts";

/** Each costs about 15 MB, and two move more than most networks take. */
const mostThreads = 3;

interface Job extends PromiseWithResolvers<TransferOutcome> {
  readonly task: TransferTask;
  readonly onBytes: (bytes: number) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
  /** Files whose beginning it has hashed. */
  readonly paths: Set<string>;
}

/**
 * Moves files over connections in a few threads, several at a time in each: a transfer that stands still holds no other
 * up. Threads start with the first transfer and keep no process alive when there is none.
 */
export class TransferPool {
  readonly #threads: Thread[] = [];
  readonly #most: number;
  readonly #data: ThreadData;
  #last = 0;
  #expected = 0;

  /** @param options.authorities certificates in PEM that are trusted beside Node's own */
  constructor({
    threads,
    authorities = [],
  }: { readonly threads?: number; readonly authorities?: readonly string[] } = {}) {
    this.#data = { authorities };
    this.#most = threads ?? Math.min(Math.max(2, availableParallelism()), mostThreads);
  }

  /**
   * Hears that a transfer will probably come: a thread starts now, unless there is one for each that was expected, since
   * that takes as long as moving many megabytes.
   */
  expect(): void {
    this.#expected += 1;
    if (this.#threads.length < Math.min(this.#expected, this.#most)) this.#start();
  }

  /**
   * Performs a transfer; its outcome says what went wrong, too.
   *
   * @param onBytes called with the number of bytes moved since the last call
   * @param stop ends it where it is; its outcome says how far that was
   * @throws the signal's reason once it is aborted and nothing reads or writes the file any more
   */
  async run(
    task: TransferTask,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
    stop?: AbortSignal,
  ): Promise<TransferOutcome> {
    signal.throwIfAborted();
    const thread = this.#threadFor(task);
    const id = this.#last + 1;
    this.#last = id;
    const job: Job = { task, onBytes, ...Promise.withResolvers<TransferOutcome>() };
    thread.jobs.set(id, job);
    thread.worker.ref();
    const onAbort = (): void => thread.worker.postMessage({ id, abandon: true } satisfies TransferOrder);
    signal.addEventListener("abort", onAbort);
    stop?.addEventListener("abort", onAbort);
    try {
      thread.worker.postMessage({ id, task } satisfies TransferOrder);
      if (stop?.aborted) onAbort();
      const outcome = await job.promise;
      signal.throwIfAborted();
      return outcome;
    } finally {
      signal.removeEventListener("abort", onAbort);
      stop?.removeEventListener("abort", onAbort);
      thread.jobs.delete(id);
      if (thread.jobs.size === 0) thread.worker.unref();
    }
  }

  /** The thread that knows the file's beginning, else the one with the least to do. */
  #threadFor(task: TransferTask): Thread {
    const path = hashedPath(task);
    const knows = path === undefined ? undefined : this.#threads.find(({ paths }) => paths.has(path));
    const thread = knows ?? this.#leastBusy();
    if (path !== undefined) thread.paths.add(path);
    return thread;
  }

  #leastBusy(): Thread {
    const [idlest] = this.#threads.toSorted((a, b) => a.jobs.size - b.jobs.size);
    const suffices = idlest !== undefined && (idlest.jobs.size === 0 || this.#threads.length >= this.#most);
    return suffices ? idlest : this.#start();
  }

  #start(): Thread {
    const thread: Thread = {
      worker: new Worker(workerLocation(), { workerData: this.#data }),
      jobs: new Map(),
      paths: new Set(),
    };
    thread.worker.unref();
    thread.worker.on("message", (message: TransferMessage) => {
      const job = thread.jobs.get(message.id);
      if ("bytes" in message) return job?.onBytes(message.bytes);
      if ("thrown" in message) return job?.reject(message.thrown);
      const { sha256, received } = message.outcome;
      const path = job && hashedPath(job.task);
      if (path !== undefined && (sha256 ?? received?.sha256) !== undefined) thread.paths.delete(path);
      job?.resolve(message.outcome);
    });
    const end = (error: unknown): void => {
      const place = this.#threads.indexOf(thread);
      if (place >= 0) this.#threads.splice(place, 1);
      for (const job of thread.jobs.values()) job.reject(error);
    };
    thread.worker.on("error", end);
    // One that was ended from outside says nothing else.
    thread.worker.on("exit", (code) => end(new Error(`a thread that moves files ended with ${code}`)));
    this.#threads.push(thread);
    return thread;
  }
}

/** The file whose running hash a transfer takes up. */
function hashedPath(task: TransferTask): string | undefined {
  if (task.kind === "hash") return task.beginning.path;
  if (task.kind === "send") return task.part.hashed === true ? task.part.path : undefined;
  return task.target.hashed ? task.target.path : undefined;
}

/** The worker lies beside this module, in the sources as TypeScript and in the bundle as JavaScript. */
function workerLocation(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./transfer-worker.ts" : "./transfer-worker.js", import.meta.url);
}
