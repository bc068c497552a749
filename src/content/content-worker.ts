import { parentPort, workerData } from "node:worker_threads";
import { type ContentOutcome, type ContentTask, performContentTask } from "./content-task.ts";

/** Progress is reported in steps of this size, so that messages do not outnumber reads. */
const reportEvery = 16 * 1024 * 1024;

export type WorkerMessage = { readonly bytes: number } | { readonly outcome: ContentOutcome };

/** Element 0 is not 0 when the pool was closed. */
const closed: unknown = workerData;
const port = parentPort;
port?.on("message", (task: ContentTask) => {
  let pending = 0;
  const onBytes = (bytes: number): void => {
    // A thread that is terminated leaves its target behind; one that fails removes it.
    if (closed instanceof Int32Array && Atomics.load(closed, 0) !== 0) throw new Error("the content pool was closed");
    pending += bytes;
    if (pending < reportEvery) return;
    port.postMessage({ bytes: pending } satisfies WorkerMessage);
    pending = 0;
  };
  const outcome = performContentTask(task, onBytes);
  port.postMessage({ bytes: pending } satisfies WorkerMessage);
  port.postMessage({ outcome } satisfies WorkerMessage);
});
