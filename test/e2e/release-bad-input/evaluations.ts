import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { as, replaceIn, resultsOf } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";

const results = resultsOf("1.2.0");
const value = /(?<="exact_match,strict-match": )[\d.]+/;
const metric = "tiny_sums.exact_match,strict-match";
const gate =
  (...more: string[]): Row["args"] =>
  ({ fresh }) => ["eval-gate", fresh, "--results", results, ...as("evaluator"), ...more];
const against: Row["args"] = (releases) => [...gate()(releases), "--baseline", releases.champion];
const inResults = (from: string | RegExp, to: string) => (work: string) => replaceIn(join(work, results), from, to);
const thresholds = (metrics: string) => (work: string) =>
  writeFile(join(work, "thresholds.yaml"), `model: tiny-llm\nmetrics:\n${metrics}\n`);

/** Results, thresholds and champions that nothing may be concluded from. */
export const evaluationRows: readonly Row[] = [
  {
    what: "a value that is NaN",
    prepare: inResults(value, "NaN"),
    args: gate(),
    code: "EVALUATION_VALUE_INVALID",
    status: 3,
    says: /strict-match.*NaN/,
  },
  {
    what: "a NaN that lm_eval wrote itself",
    prepare: (work) => writeFile(join(work, "thresholds.yaml"), "metrics: {tiny_middle.exact_match: {min: 0.1}}\n"),
    args: ({ fresh }) => ["eval-gate", fresh, "--results", "suite.json", ...as("evaluator")],
    code: "EVALUATION_VALUE_INVALID",
    status: 3,
    says: /NaN/,
  },
  {
    what: "a value that is N/A",
    prepare: inResults(value, '"N/A"'),
    args: gate(),
    code: "EVALUATION_VALUE_INVALID",
    status: 3,
    says: /N\/A/,
  },
  {
    what: "a metric that the results lack",
    prepare: thresholds("  tiny_sums.f1: {min: 0.5}"),
    args: gate(),
    code: "EVALUATION_METRIC_MISSING",
    status: 3,
    says: /tiny_sums\.f1/,
  },
  {
    what: "a metric without its filter",
    prepare: thresholds("  tiny_sums.exact_match: {min: 0.5}"),
    args: gate(),
    code: "THRESHOLDS_AMBIGUOUS",
    status: 2,
  },
  {
    what: "results of another model",
    prepare: inResults('"model_name": "tiny-llm"', '"model_name": "other-llm"'),
    args: gate(),
    code: "EVALUATION_OTHER_MODEL",
    status: 3,
    says: /other-llm/,
  },
  {
    what: "results that are cut off",
    prepare: inResults(/"configs"[\s\S]*$/, ""),
    args: gate(),
    code: "EVALUATION_MALFORMED",
    status: 3,
  },
  {
    what: "no results file",
    args: ({ fresh }) => ["eval-gate", fresh, "--results", "nowhere.json", ...as("evaluator")],
    code: "EVALUATION_UNREADABLE",
    status: 2,
    says: /nowhere\.json/,
  },
  {
    what: "no thresholds file",
    prepare: (work) => rm(join(work, "thresholds.yaml")),
    args: gate(),
    code: "EVALUATION_UNREADABLE",
    status: 2,
  },
  {
    what: "a key that thresholds do not have",
    prepare: thresholds(`  "${metric}": {minn: 0.5}`),
    args: gate(),
    code: "THRESHOLDS_UNKNOWN_KEY",
    status: 2,
    says: /did you mean \\"min\\"/,
  },
  {
    what: "a threshold in the wrong direction",
    prepare: thresholds(`  "${metric}": {max: 0.5}`),
    args: gate(),
    code: "THRESHOLDS_DIRECTION",
    status: 2,
  },
  {
    what: "thresholds that check nothing without a champion",
    prepare: thresholds(`  "${metric}": {maxDrop: 0.1}`),
    args: gate(),
    code: "THRESHOLDS_CHECK_NOTHING",
    status: 2,
  },
  {
    what: "thresholds that are no YAML",
    prepare: thresholds("  - {"),
    args: gate(),
    code: "THRESHOLDS_SYNTAX",
    status: 2,
  },
  {
    what: "another version of the task than the champion's",
    prepare: inResults(/(?<="versions": \{\s*"tiny_sums": )[\d.]+/, "99"),
    args: against,
    code: "EVALUATION_INCOMPARABLE",
    status: 3,
    says: /version/,
    evidence: "incomparable",
  },
  {
    what: "fewer samples than the thresholds ask for",
    prepare: thresholds(`  "${metric}": {min: 0.5, minSamples: 5000}`),
    args: gate(),
    code: "EVALUATION_INCOMPARABLE",
    status: 3,
    evidence: "incomparable",
  },
  {
    what: "a value below the threshold",
    prepare: inResults(value, "0.1"),
    args: gate(),
    code: "EVALUATION_FAILED",
    status: 3,
    says: /strict-match/,
    evidence: "fail",
  },
  {
    what: "a value that falls behind the champion",
    prepare: inResults(value, "0.71"),
    args: against,
    code: "EVALUATION_FAILED",
    status: 3,
    evidence: "fail",
  },
  {
    what: "the release itself as its champion",
    args: (releases) => [...gate()(releases), "--baseline", releases.fresh],
    code: "BASELINE_OTHER_MODEL",
    status: 2,
  },
  {
    what: "a champion that nobody evaluated",
    args: ({ staged, fresh }) => [
      ...["eval-gate", staged, "--results", resultsOf("1.1.0"), ...as("evaluator")],
      ...["--baseline", fresh],
    ],
    code: "BASELINE_UNEVALUATED",
    status: 3,
  },
  {
    what: "a champion whose evaluation a stranger would have signed",
    args: (releases) => [...against(releases), "--baseline-key", "keys/stranger.pub"],
    code: "BASELINE_UNEVALUATED",
    status: 3,
  },
  {
    what: "a superseded evaluation of nothing",
    args: gate("--supersedes", `sha256:${"0".repeat(64)}`, "--supersedes-reason", "It was wrong"),
    code: "SUPERSEDES_INVALID",
    status: 2,
  },
];
