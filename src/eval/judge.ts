import type { Baseline } from "./baseline.ts";
import { evaluationError } from "./errors.ts";
import { findMetric } from "./find-metric.ts";
import { judgeMetric } from "./judge-metric.ts";
import { type Judgement, type Outcome, worst } from "./judgement.ts";
import type { EvaluationReport } from "./report.ts";
import type { Thresholds } from "./thresholds.ts";

const resultOf = { pass: "PASSED", fail: "FAILED", incomparable: "WARNED" } as const;

/**
 * Decides whether an evaluation is good enough: absolutely, and beside a baseline where there is one. A failure wins
 * over what cannot be compared, and that over a pass.
 *
 * @throws SlipwayError EVALUATION_OTHER_MODEL, EVALUATION_METRIC_MISSING, EVALUATION_VALUE_INVALID,
 *   THRESHOLDS_AMBIGUOUS, THRESHOLDS_REPEATED, THRESHOLDS_DIRECTION, THRESHOLDS_CHECK_NOTHING
 */
export function judgeEvaluation(
  candidate: EvaluationReport,
  thresholds: Thresholds,
  baseline: Baseline | undefined,
): Judgement {
  requireModel(candidate, thresholds.model);
  const wanted = Object.entries(thresholds.metrics);
  if (baseline === undefined && wanted.every(([, { min, max }]) => min === undefined && max === undefined)) {
    const message = "without a baseline the thresholds check nothing: no metric has min or max";
    throw evaluationError("THRESHOLDS_CHECK_NOTHING", message);
  }
  const names = new Map<string, string>();
  const judged = wanted.map(([name, threshold]) => {
    const { task, metric } = findMetric(candidate, name);
    const other = names.get(metric.name);
    if (other !== undefined) throw evaluationError("THRESHOLDS_REPEATED", `${other} and ${name} are the same metric`);
    names.set(metric.name, name);
    const seen = candidate.limit === undefined ? task.partial : `the run was limited (limit ${candidate.limit})`;
    const obstacle = thresholds.allowLimit === true ? undefined : seen;
    return judgeMetric({ task, metric, threshold, baseline, obstacle });
  });
  const tests = judged.flatMap((metric) => metric.tests);
  const testsThat = (outcome: Outcome) => tests.filter((test) => test.outcome === outcome).map(({ text }) => text);
  const verdict = worst(tests.map(({ outcome }) => outcome)) ?? "incomparable";
  return {
    verdict,
    result: resultOf[verdict],
    metrics: judged.map(({ metric }) => metric),
    passedTests: testsThat("pass"),
    warnedTests: testsThat("incomparable"),
    failedTests: testsThat("fail"),
    findings: judged.map(({ finding }) => finding),
  };
}

function requireModel({ model }: EvaluationReport, expected: string | undefined): void {
  if (expected === undefined || model === expected) return;
  if (model === undefined) {
    throw evaluationError("EVALUATION_OTHER_MODEL", `the evaluation report names no model; expected ${expected}`);
  }
  // `/models/tiny-llm/` and `organisation/tiny-llm` are tiny-llm.
  if (
    model
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .at(-1) === expected
  )
    return;
  throw evaluationError("EVALUATION_OTHER_MODEL", `the evaluation report is about ${model}, not ${expected}`);
}
