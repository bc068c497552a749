import type { Metric, TestResult } from "../evidence/index.ts";

/** Whether an evaluation is good enough, as `test-result` evidence says it, and why, for people. */
export interface Judgement {
  readonly verdict: "pass" | "fail" | "incomparable";
  readonly result: TestResult["result"];
  /** Those that the thresholds name, in their order. */
  readonly metrics: readonly Metric[];
  /** `gsm8k.exact_match,strict-match>=0.7`, `gsm8k.exact_match,strict-match>=baseline 0.741-0.01` */
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
  /** One for each metric, in the same order. */
  readonly findings: readonly Finding[];
}

/** One line of a table: texts, with the numbers of one metric written with the same decimals. */
export interface Finding {
  readonly metric: string;
  readonly value: string;
  readonly expected: string;
  readonly baseline: string;
  readonly outcome: Outcome | "recorded";
  readonly why: string;
}

export type Outcome = "pass" | "fail" | "incomparable";

/** The outcome of several together: one failure decides, then one that cannot be compared. */
export function worst(outcomes: readonly Outcome[]): Outcome | undefined {
  return (["fail", "incomparable", "pass"] as const).find((outcome) => outcomes.includes(outcome));
}
