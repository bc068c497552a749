import { predicateProblem } from "../../src/evidence/index.ts";
import { attestError } from "./errors.ts";
import type { Members } from "./given.ts";

/** What is stated, and under which name in the evidence tag. */
export interface Planned {
  readonly type: string;
  readonly check: string;
  /** True when another tool has written it all, so that all of it is equal where the same is stated again. */
  readonly exact: boolean;
  /** As it will be read back from JSON. */
  readonly predicate: Members;
}

/**
 * A predicate as it will be read: nothing is signed that reading would refuse.
 * @throws SlipwayError PREDICATE_INVALID
 */
export function requireFit(planned: Planned, place: string): Planned {
  const predicate: Members = JSON.parse(JSON.stringify(planned.predicate));
  const problem = predicateProblem(planned.type, predicate);
  if (problem !== undefined) throw attestError("PREDICATE_INVALID", `${place}: ${problem}`);
  return { ...planned, predicate };
}
