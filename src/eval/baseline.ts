import type { Metric } from "../evidence/index.ts";
import type { EvaluationReport, Facts, MetricResult, TaskResult } from "./report.ts";

/** What the candidate is compared with: the metrics of a champion's signed evidence, or of its report. */
export interface Baseline {
  readonly metrics: readonly Metric[];
  /** What each `comparability` of the metrics stands for, where it is known. */
  readonly facts?: Readonly<Record<string, Facts>>;
}

/** The baseline that a champion's report is. Metrics without a number are left out. */
export function baselineOf(report: EvaluationReport): Baseline {
  return {
    metrics: report.tasks.flatMap((task) =>
      task.metrics.map((metric) => ({ ...measured(task, metric), passed: true })),
    ),
    facts: Object.fromEntries(report.tasks.map((task) => [task.comparability, task.comparabilityFacts])),
  };
}

/** What evidence says of a metric before it is judged. */
export function measured(task: TaskResult, { name, value, stderr, sampleSize }: MetricResult): Omit<Metric, "passed"> {
  return {
    name,
    value,
    ...(stderr === undefined ? {} : { stderr }),
    ...(sampleSize === undefined ? {} : { sampleSize }),
    comparability: task.comparability,
  };
}
