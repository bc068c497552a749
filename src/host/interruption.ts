import { constants } from "node:os";
import { reason } from "../errors/index.ts";
import { hostError } from "./errors.ts";

/** What ends a run from outside: a signal to stop, or an error that no promise of the step carries. */
export interface Interruption extends Disposable {
  /** Aborted with a STOPPED error by the first SIGINT or SIGTERM, and by a crash. */
  readonly signal: AbortSignal;
  /** Rejects with an error that was thrown where nobody could catch it. */
  readonly crash: Promise<never>;
}

const stopSignals = ["SIGINT", "SIGTERM"] as const;

/**
 * Watches for stop signals and stray errors until disposed. The second signal ends the process at once, with the
 * shell's status for it (130, 143).
 *
 * @param announce told what the first signal does, for people who wait
 */
export function watchInterruptions(announce: (line: string) => void): Interruption {
  const stop = new AbortController();
  const stray = Promise.withResolvers<never>();
  // Stays handled when the run ends before anybody waits for it.
  stray.promise.catch(() => {});

  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
    announce(`${name}: stopping; a second one ends it at once`);
    stop.abort(hostError("STOPPED", `the run was stopped by ${name}`));
  };
  let over = false;
  const onCrash = (error: unknown) => {
    if (over) announce(`an error after the end was ignored: ${reason(error)}`);
    stray.reject(error);
    stop.abort(error);
  };

  for (const name of stopSignals) process.on(name, onSignal);
  process.on("uncaughtException", onCrash);
  return {
    signal: stop.signal,
    crash: stray.promise,
    [Symbol.dispose]() {
      over = true;
      for (const name of stopSignals) process.off(name, onSignal);
      // The listener for stray errors stays: without one, Node prints them itself, with no secret hidden.
    },
  };
}
