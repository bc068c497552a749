import type { Metric } from "../evidence/index.ts";
import { type Baseline, measured } from "./baseline.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import { alignedDecimals } from "./decimals.ts";
import { type Finding, type Outcome, worst } from "./judgement.ts";
import type { MetricResult, TaskResult } from "./report.ts";
import type { Threshold } from "./thresholds.ts";

/** A metric of the report with what the thresholds say of it. */
export interface Question {
  readonly task: TaskResult;
  readonly metric: MetricResult;
  readonly threshold: Threshold;
  readonly baseline: Baseline | undefined;
  /** Why no value of this run decides anything. */
  readonly obstacle: string | undefined;
}

/** A metric that was compared with its limit, with the baseline, with both or with neither. */
export interface JudgedMetric {
  readonly metric: Metric;
  readonly tests: readonly { readonly text: string; readonly outcome: Outcome }[];
  readonly finding: Finding;
}

interface Check {
  readonly outcome: Outcome;
  readonly test: string;
  readonly expected: string;
  readonly why: string;
}

type Write = (number: number) => string;

/** @throws SlipwayError THRESHOLDS_DIRECTION */
export function judgeMetric({ task, metric, threshold, baseline, obstacle }: Question): JudgedMetric {
  const bounds = boundsOf(task, metric, threshold, baseline);
  const write = alignedDecimals(numbersOf(metric, bounds));
  const undecided = obstacle ?? tooFewSamples(metric, threshold);
  const checks: Check[] = [];
  if (bounds.limit !== undefined) checks.push(checkLimit(metric.value, bounds.limit, bounds, undecided, write));
  if (baseline !== undefined) checks.push(checkBaseline(metric.value, bounds, undecided, write));
  const outcome = worst(checks.map((check) => check.outcome));
  const reasons = [...new Set(checks.map(({ why }) => why))].filter((why) => why !== "");
  return {
    metric: {
      ...measured(task, metric),
      ...strictest(bounds),
      ...(bounds.floor === undefined || bounds.champion === undefined ? {} : { baseline: bounds.champion.value }),
      passed: outcome === "pass" || outcome === undefined,
    },
    tests: checks.map((check) => ({ text: `${metric.name}${check.test}`, outcome: check.outcome })),
    finding: {
      metric: metric.name,
      value: metric.stderr === undefined ? write(metric.value) : `${write(metric.value)} ± ${write(metric.stderr)}`,
      expected: checks.map(({ expected }) => expected).join(", "),
      baseline: bounds.champion === undefined ? "" : write(bounds.champion.value),
      outcome: outcome ?? "recorded",
      why: outcome === undefined ? "there is no baseline to compare with" : reasons.join("; "),
    },
  };
}

function checkLimit(
  value: number,
  limit: number,
  { upwards }: Bounds,
  undecided: string | undefined,
  write: Write,
): Check {
  const { comparator, sign } = signs(upwards);
  const said = { test: `${comparator}${limit}`, expected: `${sign} ${write(limit)}` };
  if (undecided !== undefined) return { ...said, outcome: "incomparable", why: undecided };
  const meets = upwards === false ? value <= limit : value >= limit;
  if (meets) return { ...said, outcome: "pass", why: "" };
  const missed = `${write(Math.abs(value - limit))} ${upwards === false ? "above" : "below"} the threshold`;
  return { ...said, outcome: "fail", why: missed };
}

function checkBaseline(value: number, bounds: Bounds, undecided: string | undefined, write: Write): Check {
  const { upwards, champion, floor, maxDrop } = bounds;
  const { comparator, sign, away } = signs(upwards);
  const figure = champion === undefined ? "" : ` ${Number(write(champion.value))}`;
  const said = {
    test: `${comparator}baseline${figure}${maxDrop === 0 ? "" : `${away}${maxDrop}`}`,
    expected: `${sign} baseline${maxDrop === 0 ? "" : ` ${away} ${write(maxDrop)}`}`,
  };
  const obstacle = undecided ?? bounds.incomparable;
  if (obstacle !== undefined || champion === undefined || floor === undefined) {
    return { ...said, outcome: "incomparable", why: obstacle ?? "there is nothing to compare with" };
  }
  const better = upwards === false ? champion.value - value : value - champion.value;
  const meets = upwards === false ? value <= floor : value >= floor;
  const compared = better === 0 ? "equal to" : `${write(Math.abs(better))} ${better > 0 ? "better" : "worse"} than`;
  const why = `${compared} the baseline`;
  if (meets) return { ...said, outcome: "pass", why };
  return { ...said, outcome: "fail", why: `${why}, ${maxDrop === 0 ? "none" : write(maxDrop)} is allowed` };
}

function signs(upwards: boolean | undefined) {
  if (upwards === undefined) return { comparator: " against ", sign: "against", away: "±" } as const;
  return upwards
    ? ({ comparator: ">=", sign: "≥", away: "-" } as const)
    : ({ comparator: "<=", sign: "≤", away: "+" } as const);
}

/** The bound that decides where there are two. */
function strictest({ upwards, limit, floor }: Bounds): Pick<Metric, "comparator" | "threshold"> {
  const bounds = [limit, floor].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return {};
  return upwards === false
    ? { comparator: "<=", threshold: Math.min(...bounds) }
    : { comparator: ">=", threshold: Math.max(...bounds) };
}

function tooFewSamples({ sampleSize }: MetricResult, { minSamples }: Threshold): string | undefined {
  if (minSamples === undefined) return undefined;
  if (sampleSize === undefined) return `the report does not say how many samples there were; ${minSamples} are needed`;
  return sampleSize < minSamples ? `${sampleSize} samples, and ${minSamples} are needed` : undefined;
}

function numbersOf({ value }: MetricResult, { limit, champion, floor, maxDrop }: Bounds): number[] {
  const shown = [value, limit, champion?.value, floor].filter((number) => number !== undefined);
  // Beside a zero, so that it is not written as one.
  return maxDrop === 0 ? shown : [...shown, maxDrop, 0];
}
