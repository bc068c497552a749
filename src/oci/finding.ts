/** `unknown`: it could not be found out; `skipped`: nobody tried. Neither says that something is wrong. */
export type FindingStatus = "ok" | "warning" | "failed" | "unknown" | "skipped";

/** What one look at a store has found. */
export interface Finding {
  /** What was looked at, in a word or two; unique among the findings about a store. */
  readonly check: string;
  readonly status: FindingStatus;
  /** What was seen, one sentence. */
  readonly seen: string;
  /** What will fail later because of it, and how to mend it; undefined when there is nothing to say. */
  readonly advice: string | undefined;
}

/** Makes a finding. */
export function finding(check: string, status: FindingStatus, seen: string, advice?: string): Finding {
  return { check, status, seen, advice };
}
