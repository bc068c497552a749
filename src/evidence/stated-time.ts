import type { Statement } from "./statement.ts";

/** Members that say when something was stated, in the predicates that Slipway knows; the first that is there counts. */
const places: readonly (readonly string[])[] = [
  ["evaluatedOn"],
  ["promotedOn"],
  ["approvedOn"],
  ["waivedOn"],
  ["recordedOn"],
  ["movedOn"],
  ["timeVerified"],
  ["metadata", "scanFinishedOn"],
  ["runDetails", "metadata", "finishedOn"],
];

/** The time that a statement gives for itself, asserted by whoever signed it; undefined when it gives none. */
export function statedTime({ predicate }: Pick<Statement, "predicate">): Date | undefined {
  for (const path of places) {
    const value = path.reduce<unknown>((at, name) => memberOf(at, name), predicate);
    const time = typeof value === "string" ? new Date(value) : undefined;
    if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  }
  return undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
