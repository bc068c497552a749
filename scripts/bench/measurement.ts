/** What a benchmark finds out, and how it is shown. */

import { textTable } from "../text-table.ts";

/** One figure. Smaller is better. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Of the value and the budget: `ms`, `MB`, `× oras`, … */
  readonly unit: string;
  /** The value may be this at most; undefined for a figure that is only there to compare with. */
  readonly budget?: number;
}

export interface Judged {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: number | null;
  readonly ok: boolean;
}

export function judge({ name, value, unit, budget }: Measurement): Judged {
  return { name, value, unit, budget: budget ?? null, ok: budget === undefined || value <= budget };
}

export function measurementTable(measurements: readonly Judged[]): string {
  return textTable(
    [
      { name: "measured" },
      { name: "value", align: "right" },
      { name: "budget", align: "right" },
      { name: "unit" },
      { name: "" },
    ],
    measurements.map(({ name, value, unit, budget, ok }) => [
      name,
      figure(value, unit),
      budget === null ? "" : figure(budget, unit),
      unit,
      ok ? "" : "too much",
    ]),
  );
}

/** A tenth of a ratio decides too much, and one of a millisecond nothing. */
function figure(value: number, unit: string): string {
  return value.toFixed(unit.startsWith("×") ? 2 : 1);
}

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
