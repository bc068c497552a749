import { parentPort } from "node:worker_threads";
import { type ContentOutcome, type ContentTask, performContentTask } from "./content-task.ts";

/** Progress is reported in steps of this size, so that messages do not outnumber reads. */
const reportEvery = 16 * 1024 * 1024;

export type WorkerMessage =
  | { readonly bytes: number }
  | { readonly outcome: ContentOutcome };

const port = parentPort;
port?.on("message", (task: ContentTask) => {
  let pending = 0;
  const outcome = performContentTask(task, (bytes) => {
    pending += bytes;
    if (pending < reportEvery) return;
    port.postMessage({ bytes: pending } satisfies WorkerMessage);
    pending = 0;
  });
  port.postMessage({ bytes: pending } satisfies WorkerMessage);
  port.postMessage({ outcome } satisfies WorkerMessage);
});
