import type { State } from "../evidence/index.ts";

/** States that a release is promoted to; it begins as `experimental`. */
export type Target = Exclude<State, "experimental">;
export const targets = ["staging", "production", "retired", "archived", "revoked"] as const satisfies readonly Target[];

const after: Readonly<Record<State, Target | undefined>> = {
  experimental: "staging",
  staging: "production",
  production: "retired",
  retired: "archived",
  archived: undefined,
  revoked: undefined,
};

/** The state that follows in a release's ordinary life; undefined after the last. */
export function nextState(state: State): Target | undefined {
  return after[state];
}

/**
 * Why a release cannot go from one state to another, as a sentence without a full stop; undefined when it can
 * (DESIGN 5.5): experimental → staging → production → retired → archived, and any but revoked → revoked.
 */
export function transitionProblem(from: State, to: State): string | undefined {
  if (from === "revoked") return `a revoked release stays revoked and cannot become ${to}`;
  if (to === "revoked" || to === after[from]) return undefined;
  if (from === to) return `the release is ${to} already`;
  const next = after[from];
  return `a release goes from ${from} to ${next === undefined ? "" : `${next} or `}revoked, not to ${to}`;
}
