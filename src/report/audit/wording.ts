import { formatDuration } from "../format.ts";
import type { AuditedMetric, AuditedSigner } from "./audit-report.ts";

/** `platform-lead/lena`: in which role, and whose key. */
export function signerName({ role, key }: AuditedSigner): string {
  return `${role}/${key}`;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** `2026-11-21 14:03 UTC`; a text that is no time stays as it is. */
export function minute(time: string): string {
  const parsed = parseTime(time);
  return parsed === undefined ? time : `${parsed.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `2026-11-21`, in UTC; a text that is no time stays as it is. */
export function day(time: string): string {
  return parseTime(time)?.toISOString().slice(0, 10) ?? time;
}

/** How long ago, at the time of the report: `19 days`; undefined when that cannot be told. */
export function age(time: string, generatedAt: string): string | undefined {
  const [from, to] = [parseTime(time), parseTime(generatedAt)];
  if (from === undefined || to === undefined || to < from) return undefined;
  const milliseconds = to.getTime() - from.getTime();
  const days = Math.floor(milliseconds / 86_400_000);
  return days >= 2 ? `${days} days` : formatDuration(milliseconds);
}

function parseTime(time: string): Date | undefined {
  if (!isoTime.test(time)) return undefined;
  const parsed = new Date(time);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}

/** Six significant digits, which is more than any evaluation is exact to. */
export function metricNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "not a number";
}

const comparatorSigns: ReadonlyMap<string, string> = new Map([
  [">=", "≥"],
  ["<=", "≤"],
]);

/** `≥ 0.55`; undefined when the value was only recorded. */
export function metricBound({ comparator, threshold }: AuditedMetric): string | undefined {
  if (comparator === undefined || threshold === undefined) return undefined;
  return `${comparatorSigns.get(comparator) ?? comparator} ${metricNumber(threshold)}`;
}

/** `1 check`, `3 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
