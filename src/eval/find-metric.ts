import { closest, distance } from "fastest-levenshtein";
import { evaluationError } from "./errors.ts";
import type { EvaluationReport, MetricResult, TaskResult } from "./report.ts";

const mostShown = 50;
const mostCompared = 10_000;

/**
 * The metric that the thresholds name.
 *
 * @param name `<task>.<metric>,<filter>`; without the filter where there is one
 * @throws SlipwayError EVALUATION_METRIC_MISSING, EVALUATION_VALUE_INVALID, THRESHOLDS_AMBIGUOUS
 */
export function findMetric(report: EvaluationReport, name: string): { task: TaskResult; metric: MetricResult } {
  const matching = report.tasks.flatMap((task) =>
    name.startsWith(`${task.task}.`)
      ? [...task.metrics, ...task.invalid]
          .filter((metric) => metric.name === name || `${task.task}.${metric.metric}` === name)
          .map((metric) => ({ task, metric }))
      : [],
  );
  const [found, second] = matching;
  if (found === undefined) throw missing(report, name);
  if (second !== undefined) {
    const details = matching.map(({ metric }) => metric.name);
    throw evaluationError("THRESHOLDS_AMBIGUOUS", `${name} has several filters in the evaluation report`, { details });
  }
  const { task, metric } = found;
  if ("shown" in metric) {
    const message = `${metric.name} is no number in the evaluation report, but ${metric.shown}`;
    throw evaluationError("EVALUATION_VALUE_INVALID", message);
  }
  return { task, metric };
}

function missing(report: EvaluationReport, name: string) {
  const named = report.tasks.map((task) => ({
    task: task.task,
    metrics: [...task.metrics, ...task.invalid].map((metric) => metric.name),
  }));
  const ofTask = named.filter(({ task }) => name.startsWith(`${task}.`)).flatMap(({ metrics }) => metrics);
  const near = nearest(name, ofTask.length > 0 ? ofTask : named.flatMap(({ metrics }) => metrics));
  const known = ofTask.length > 0 ? ofTask : named.map(({ task }) => task);
  return evaluationError(
    "EVALUATION_METRIC_MISSING",
    `the evaluation report has no ${name}${near === undefined ? "" : `; did you mean "${near}"?`}`,
    {
      details: [
        ofTask.length > 0 ? "The task has these metrics:" : "The report has these tasks:",
        ...known.slice(0, mostShown),
        ...(known.length > mostShown ? [`… and ${known.length - mostShown} more`] : []),
      ],
    },
  );
}

function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  // A report may have any number of names.
  const near = closest(name, names.slice(0, mostCompared));
  return distance(name, near) <= Math.ceil(near.length / 3) ? near : undefined;
}
