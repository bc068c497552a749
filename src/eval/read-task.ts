import { type Comparability, versionOf } from "./comparability.ts";
import { isObject, member, membersOf } from "./json-value.ts";
import { isNotFinite } from "./python-json.ts";
import type { InvalidMetric, MetricResult, TaskResult } from "./report.ts";
import { count, type Samples } from "./samples.ts";

/** Evidence takes names of 300 characters: task, metric and filter together. */
const longestName = 300;

/** Why the results of a task cannot be read; undefined when they can. */
export function taskProblem(task: string, values: unknown): string | undefined {
  if (!isObject(values)) return `the results of ${task.slice(0, 100)} are not an object`;
  const names = [task, ...Object.keys(values)];
  if (names.some((name) => /\p{Cc}/u.test(name))) return `a name of ${task.slice(0, 100)} holds a control character`;
  return names.some((name) => task.length + 1 + name.length > longestName)
    ? `the names of ${task.slice(0, 100)} are longer than ${longestName} characters`
    : undefined;
}

/** @param values `results.<task>` of the report */
export function readTask(
  report: unknown,
  task: string,
  values: unknown,
  { hash, facts }: Comparability,
  samples: Samples,
): TaskResult {
  const metrics: MetricResult[] = [];
  const invalid: InvalidMetric[] = [];
  for (const [key, value] of membersOf(values)) {
    // `<metric>,<filter>`, divided as the harness does; what has no comma is no metric (`alias`, `sample_len` …).
    const comma = key.indexOf(",");
    if (comma < 1) continue;
    const metric = key.slice(0, comma);
    const filter = key.slice(comma + 1);
    if (metric.endsWith("_stderr")) continue;
    const named = { name: `${task}.${key}`, metric, filter };
    if (typeof value !== "number" || !Number.isFinite(value)) {
      invalid.push({ ...named, shown: shownValue(value) });
      continue;
    }
    const stderr = member(values, `${metric}_stderr,${filter}`);
    const higherIsBetter = member(member(member(report, "higher_is_better"), task), metric);
    metrics.push({
      ...named,
      value,
      stderr: typeof stderr === "number" && Number.isFinite(stderr) && stderr >= 0 ? stderr : undefined,
      // Groups count each metric; versions from 0.4.12 on count the documents of each task here, too.
      sampleSize:
        count(member(member(values, "sample_count"), key)) ?? samples.size ?? count(member(values, "sample_len")),
      higherIsBetter: typeof higherIsBetter === "boolean" ? higherIsBetter : undefined,
    });
  }
  return {
    task,
    version: versionOf(report, task),
    comparability: hash,
    comparabilityFacts: facts,
    partial: samples.partial,
    metrics,
    invalid,
  };
}

/** A value of the report in a few characters, as Python's JSON writes it. */
export function shownValue(value: unknown): string {
  if (typeof value === "number" || isNotFinite(value)) return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
