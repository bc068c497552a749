import type { Digest } from "../../oci/index.ts";

/** A result that may replace others. */
interface Replacing {
  readonly statement: Digest;
  /** Statements that it replaces; empty when it may replace none. */
  readonly supersedes: readonly Digest[];
}

/**
 * The results that others replace. One that is itself replaced replaces nothing; so does one in a circle, or one that
 * a circle names, since nobody can say which of them came last.
 *
 * @param results each statement once
 */
export function supersededAmong(results: readonly Replacing[]): ReadonlySet<Digest> {
  const known = new Map(results.map((result) => [result.statement, new Set(result.supersedes)]));
  /** How many could still replace each. */
  const open = new Map(results.map(({ statement }) => [statement, 0]));
  for (const named of known.values())
    for (const one of named) if (open.has(one)) open.set(one, (open.get(one) ?? 0) + 1);

  const superseded = new Set<Digest>();
  const settled = new Set([...open].flatMap(([statement, count]) => (count === 0 ? [statement] : [])));
  // A set takes what is added while it is being gone through.
  for (const statement of settled) {
    for (const one of known.get(statement) ?? []) {
      if (!superseded.has(statement)) superseded.add(one);
      const left = (open.get(one) ?? 0) - 1;
      open.set(one, left);
      if (left === 0) settled.add(one);
    }
  }
  return superseded;
}
