/**
 * The four families of failure. A family decides the exit status, whether running again can help, and
 * how a host shows the failure.
 *
 * - `configuration`: the caller must change something before running again.
 * - `refused`: everything worked and the answer is no.
 * - `temporary`: the same call may succeed later, unchanged.
 * - `bug`: Slipway is wrong; the only family whose stack trace is shown.
 */
export type ErrorFamily = "configuration" | "refused" | "temporary" | "bug";

/** Process exit status of each family. */
export const exitStatus: Readonly<Record<ErrorFamily, number>> = {
  bug: 1,
  configuration: 2,
  refused: 3,
  temporary: 4,
};

export interface SlipwayErrorFacts {
  readonly code: string;
  readonly family: ErrorFamily;
  /** What the user can do about it, one sentence in the imperative. */
  readonly remedy: string;
  /** One line for each candidate, file or rule that led here; empty when the message says it all. */
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A failure that a user can act on: a stable code, a one-line message and a remedy.
 * Made through the area functions that `defineErrors` returns, never directly.
 */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly code: string;
  readonly family: ErrorFamily;
  readonly remedy: string;
  readonly details: readonly string[];

  constructor(message: string, facts: SlipwayErrorFacts) {
    super(oneLine(message), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.family = facts.family;
    this.remedy = oneLine(facts.remedy);
    this.details = (facts.details ?? []).map(oneLine);
  }
}

// Messages quote file names and foreign error texts; a line break in one must not forge a second log line.
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ").trim();
}
