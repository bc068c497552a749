import type { Metric } from "../evidence/index.ts";
import type { Baseline } from "./baseline.ts";
import { differences } from "./differences.ts";
import { evaluationError } from "./errors.ts";
import type { MetricResult, TaskResult } from "./report.ts";
import type { Threshold } from "./thresholds.ts";

/** What one metric is held against. */
export interface Bounds {
  /** True where higher is better, undefined where nothing says so. */
  readonly upwards: boolean | undefined;
  /** `min` or `max`. */
  readonly limit: number | undefined;
  readonly maxDrop: number;
  /** The baseline's metric, also where it cannot be compared. */
  readonly champion: Metric | undefined;
  /** The worst value that is good enough beside the champion; undefined where they cannot be compared. */
  readonly floor: number | undefined;
  /** Why they cannot be compared. */
  readonly incomparable: string | undefined;
}

/** @throws SlipwayError THRESHOLDS_DIRECTION */
export function boundsOf(
  task: TaskResult,
  metric: MetricResult,
  threshold: Threshold,
  baseline: Baseline | undefined,
): Bounds {
  const upwards = direction(metric, threshold);
  const { min, max, maxDrop = 0 } = threshold;
  const limit = min ?? max;
  if (baseline === undefined) {
    return { upwards, limit, maxDrop, champion: undefined, floor: undefined, incomparable: undefined };
  }
  const named = baseline.metrics.filter(({ name }) => name === metric.name);
  const [champion] = named;
  if (champion === undefined || named.length > 1) {
    const incomparable = `the baseline ${champion === undefined ? "does not have the metric" : "has the metric several times"}`;
    return { upwards, limit, maxDrop, champion: undefined, floor: undefined, incomparable };
  }
  const difference = differences(task, champion, baseline);
  if (difference !== undefined || upwards === undefined) {
    const incomparable = difference ?? "nothing says whether higher or lower is better: say min or max";
    return { upwards, limit, maxDrop, champion, floor: undefined, incomparable };
  }
  return {
    upwards,
    limit,
    maxDrop,
    champion,
    floor: lowered(champion.value, maxDrop, upwards),
    incomparable: undefined,
  };
}

function direction({ name, higherIsBetter }: MetricResult, { min, max }: Threshold): boolean | undefined {
  if (min !== undefined && higherIsBetter === false) {
    throw evaluationError("THRESHOLDS_DIRECTION", `lower is better for ${name}, and the thresholds give it a min`);
  }
  if (max !== undefined && higherIsBetter === true) {
    throw evaluationError("THRESHOLDS_DIRECTION", `higher is better for ${name}, and the thresholds give it a max`);
  }
  if (min !== undefined) return true;
  return max === undefined ? higherIsBetter : false;
}

/** Decimals as people write them: 0.8 less 0.1 is 0.7, where binary fractions make it a little more. */
function lowered(champion: number, maxDrop: number, upwards: boolean): number {
  if (maxDrop === 0) return champion;
  const floor = Number((upwards ? champion - maxDrop : champion + maxDrop).toPrecision(15));
  return upwards ? Math.min(floor, champion) : Math.max(floor, champion);
}
