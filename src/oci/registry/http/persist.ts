import { setTimeout } from "node:timers/promises";
import pRetry, { AbortError } from "p-retry";
import { SlipwayError } from "../../../errors/index.ts";

/** A failure after which the same request may succeed, and when the other side wants to be asked again. */
export class Passing extends Error {
  readonly error: SlipwayError;
  /** In milliseconds. */
  readonly wait: number | undefined;

  constructor(error: SlipwayError, wait?: number) {
    super(error.message);
    this.error = error;
    this.wait = wait;
  }
}

/** How often something is tried again, and for how long a registry may ask to be left alone. */
export interface Persistence {
  readonly retries: number;
  /** First pause, in milliseconds; each next one is about twice as long. */
  readonly pause: number;
  readonly longestPause: number;
}

export const usualPersistence: Persistence = { retries: 5, pause: 300, longestPause: 60_000 };

/**
 * Does something again after failures that may pass: temporary ones, and those that say so themselves.
 * @throws SlipwayError the last failure
 */
export async function persist<T>(
  work: (attempt: number) => Promise<T>,
  persistence: Persistence,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  try {
    // Nearly everything succeeds at once, thousands of times in a step.
    return await work(1);
  } catch (error) {
    if (mayPass(error)) return await again(work, error, persistence, signal);
    signal.throwIfAborted();
    throw error;
  }
}

/** @param failure of the first attempt */
async function again<T>(
  work: (attempt: number) => Promise<T>,
  failure: unknown,
  { retries, pause, longestPause }: Persistence,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await pRetry(
      async (attempt) => {
        if (attempt === 1) throw failure;
        try {
          return await work(attempt);
        } catch (error) {
          throw mayPass(error) ? error : new AbortError(error instanceof Error ? error : new Error(String(error)));
        }
      },
      {
        retries,
        minTimeout: pause,
        maxTimeout: longestPause,
        randomize: true,
        signal,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          const wait = error instanceof Passing ? error.wait : undefined;
          if (wait !== undefined && retriesLeft > 0)
            await setTimeout(Math.min(wait, longestPause), undefined, { signal });
        },
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Passing ? error.error : error;
  }
}

/** Whether the same may succeed when it is tried again. */
export function mayPass(error: unknown): boolean {
  return error instanceof Passing || (error instanceof SlipwayError && error.family === "temporary");
}

/**
 * `Retry-After` in milliseconds (RFC 9110, 10.2.3): seconds or a date.
 * @param now milliseconds since the epoch
 */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  // What is no date of HTTP may still be one to the parser.
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
