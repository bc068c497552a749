import { subtasksOf } from "./comparability.ts";
import { member } from "./json-value.ts";

/** How many samples stand behind the results of a task or group. */
export interface Samples {
  readonly size: number | undefined;
  /** `only 20 of the 400 samples of gsm8k were evaluated`, when there are more than were evaluated. */
  readonly partial: string | undefined;
}

/**
 * Counts samples as a results file's `n-samples` has them; a group's are those of its tasks.
 *
 * A run with `--limit` says so elsewhere, too; one of chosen samples (`--samples`) is known only from here.
 *
 * @param report whose groups do not contain themselves
 */
export function samplesIn(report: unknown): (task: string) => Samples {
  const known = new Map<string, Samples>();
  const find = (task: string): Samples => {
    const samples = known.get(task) ?? ownSamples(report, task) ?? inAll(subtasksOf(report, task).map(find));
    known.set(task, samples);
    return samples;
  };
  return find;
}

/** A number of samples; undefined for what cannot be one. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function ownSamples(report: unknown, task: string): Samples | undefined {
  const samples = member(member(report, "n-samples"), task);
  const size = count(member(samples, "effective"));
  if (size === undefined) return undefined;
  const original = count(member(samples, "original")) ?? size;
  return {
    size,
    partial: size < original ? `only ${size} of the ${original} samples of ${task} were evaluated` : undefined,
  };
}

function inAll(parts: readonly Samples[]): Samples {
  const sizes = parts.flatMap(({ size }) => (size === undefined ? [] : [size]));
  return {
    size: sizes.length === 0 || sizes.length < parts.length ? undefined : sizes.reduce((sum, size) => sum + size, 0),
    partial: parts.find(({ partial }) => partial !== undefined)?.partial,
  };
}
