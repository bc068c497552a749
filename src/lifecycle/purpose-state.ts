import { promotionError } from "./errors.ts";
import type { Judged, Purpose, PurposeContext } from "./purpose-context.ts";
import { showRelease } from "./release.ts";

/** The release's state permits the purpose: `deploy`, `rollback`, `serve`, or `audit`, for which any does. */
export function judgeState(purpose: Exclude<Purpose, "promote">, context: PurposeContext): Judged[] {
  const { chain, dossier } = context;
  const { state } = chain;
  const rule = "state";
  if (state === "revoked") {
    const { reason, advisory } = chain.links.at(-1)?.promotion ?? {};
    const why = [reason, advisory].filter((text) => text !== undefined).join("; ") || "no reason is given";
    const refusal = promotionError("RELEASE_REVOKED", `${showRelease(dossier)} was revoked: ${why}`);
    return [{ rule, ok: false, finding: `revoked: ${why}`, refusal }];
  }
  const problem = stateProblem(purpose, context);
  if (problem === undefined) {
    const warning = state === "retired" && { warning: true };
    return [{ rule, ok: true, ...warning, finding: state === "retired" ? retired(context) : `it is ${state}` }];
  }
  const refusal = promotionError("STATE_NOT_PERMITTED", `${showRelease(dossier)} is ${state}: ${problem}`);
  return [{ rule, ok: false, finding: `it is ${state}: ${problem}`, refusal }];
}

function stateProblem(
  purpose: Exclude<Purpose, "promote">,
  { chain, environment }: PurposeContext,
): string | undefined {
  const { state } = chain;
  if (purpose === "audit") return undefined;
  if (state === "archived") return "an archived release is not used any more";
  if (purpose === "serve") return undefined;
  if (environment === undefined) return "no environment was named that says which states it permits";
  const { name, states } = environment;
  if (states.includes(state)) return undefined;
  return `${name} permits ${states.join(", ") || "nothing"}`;
}

function retired({ chain }: PurposeContext): string {
  const retirement = chain.links.findLast(({ promotion }) => promotion.retirement !== undefined)?.promotion.retirement;
  if (retirement === undefined) return "it is retired";
  return `it is retired, until ${retirement.sunset}; replaced by ${retirement.replacement}: ${retirement.migration}`;
}
