// What an evaluation says and whether it is good enough: results files of lm-evaluation-harness, thresholds, and the
// decision, as `test-result` evidence says it. Pure. May import `src/errors`, `src/documents`, `src/evidence`, `src/oci`.

export { type Baseline, baselineOf } from "./baseline.ts";
export { judgeEvaluation } from "./judge.ts";
export type { Judgement } from "./judgement.ts";
export { maxReportBytes, parseLmEval } from "./parse-lm-eval.ts";
export type { EvaluationReport } from "./report.ts";
export { maxThresholdsBytes, parseThresholds, thresholdsJsonSchema } from "./thresholds.ts";
