import { parentPort } from "node:worker_threads";
import { hashFile } from "./hash-file.ts";
import type { TransferMessage, TransferOrder, TransferOutcome, TransferTask } from "./messages.ts";
import { receiveFile } from "./receive-file.ts";
import { sendFile } from "./send-file.ts";

/** Progress is reported in steps of this size, so that messages do not outnumber reads. */
const reportEvery = 8 * 1024 * 1024;

const running = new Map<number, AbortController>();

parentPort?.on("message", (order: TransferOrder) => {
  if ("abandon" in order) running.get(order.id)?.abort();
  else void perform(order.id, order.task);
});

async function perform(id: number, task: TransferTask): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  let pending = 0;
  const report = (): void => {
    if (pending > 0) tell({ id, bytes: pending });
    pending = 0;
  };
  const onBytes = (bytes: number): void => {
    pending += bytes;
    if (pending >= reportEvery) report();
  };
  try {
    const outcome = await transfer(task, onBytes, abort.signal);
    report();
    tell({ id, outcome });
  } catch (thrown) {
    // What nobody foresaw ends this transfer, and not those beside it.
    tell({ id, thrown });
  } finally {
    running.delete(id);
  }
}

async function transfer(
  task: TransferTask,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  if (task.kind === "send") return sendFile(task.request, task.part, onBytes, signal);
  if (task.kind === "receive") return receiveFile(task.request, task.target, onBytes, signal);
  return hashFile(task.beginning, signal);
}

function tell(message: TransferMessage): void {
  parentPort?.postMessage(message);
}
