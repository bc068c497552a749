import type { SlipwayError } from "../errors/index.ts";
import { decidePromotion } from "./decide-promotion.ts";
import { chainError, promotionError } from "./errors.ts";
import type { Judged, Purpose, PurposeContext, PurposeFinding } from "./purpose-context.ts";
import { judgeEvidence } from "./purpose-evidence.ts";
import { judgeHolds, judgeLinks, judgeWaivers } from "./purpose-history.ts";
import { judgeSigned } from "./purpose-signature.ts";
import { judgeState } from "./purpose-state.ts";
import { showRelease } from "./release.ts";
import { nextState } from "./transition.ts";

/**
 * Judges whether a release may be used for a purpose: promote (every gate, with what is valid now), deploy and rollback
 * (stage reached, not retired, held or revoked; a rollback also takes keys that have run out since), serve (only
 * revoked and archived are refused), audit (everything is reported and nothing refused).
 *
 * The refusal is that of the first rule that does not hold: RELEASE_REVOKED, RELEASE_UNSIGNED, CHAIN_DIVERGED,
 * EVIDENCE_LOST, STATE_NOT_PERMITTED, HOLDS_UNREADABLE, RELEASE_HELD, or one of `decidePromotion`.
 */
export function judgePurpose(
  purpose: Purpose,
  context: PurposeContext,
): { readonly findings: readonly PurposeFinding[]; readonly refusal: SlipwayError | undefined } {
  const judged = [
    judgeSigned(purpose, context),
    ...judgeLinks(purpose, context),
    ...judgeCopies(purpose, context),
    ...judgeEvidence(purpose, context),
    ...(purpose === "promote" ? judgeGates(context) : judgeState(purpose, context)),
    ...judgeHolds(purpose, context),
    ...judgeWaivers(context),
  ];
  const findings = judged.map(({ refusal, ...finding }) => finding);
  if (purpose === "audit") return { findings, refusal: undefined };
  const refusals = judged.flatMap(({ ok, refusal }) => (ok || refusal === undefined ? [] : [refusal]));
  const first = refusals.find(({ code }) => code === "RELEASE_REVOKED") ?? refusals[0];
  return { findings, refusal: first };
}

/** A promotion that was cut off left links that the store lacks; so does somebody who removes them. */
function judgeCopies(purpose: Purpose, { chain, dossier }: PurposeContext): Judged[] {
  const { length } = chain.uncopied;
  if (length === 0) return [];
  const finding = `${length} of the links are in the ledger and not in the store`;
  if (purpose === "serve") return [{ rule: "copies", ok: true, warning: true, finding }];
  const refusal = chainError("CHAIN_DIVERGED", `the store lacks the last ${length} links of ${showRelease(dossier)}`, {
    details: chain.uncopied.map(({ promotion, statement }) => `link ${promotion.sequence} ${statement}`),
    remedy: "Run the last promotion again, it completes what was cut off; or attach the links from the ledger.",
  });
  return [{ rule: "copies", ok: false, finding, refusal }];
}

function judgeGates(context: PurposeContext): Judged[] {
  const { chain, dossier } = context;
  const to = context.to ?? nextState(chain.state);
  if (to === undefined) {
    const finding = `nothing comes after ${chain.state}`;
    const refusal = promotionError("TRANSITION_NOT_ALLOWED", `${showRelease(dossier)} is ${chain.state}: ${finding}`);
    return [{ rule: "transition", ok: false, finding, refusal }];
  }
  const request = { to, reason: undefined, advisory: undefined, retirement: undefined };
  const { from, gates, refusal } = decidePromotion(request, { ...context, actor: undefined });
  const moved = refusal?.code === "TRANSITION_NOT_ALLOWED";
  const unmet = moved || refusal === undefined ? {} : { refusal };
  return [
    {
      rule: "transition",
      ok: !moved,
      finding: from === to ? `it is ${to} already` : `${from} → ${to}`,
      ...(moved && { refusal }),
    },
    ...gates.map(({ gate, outcome, finding }) => {
      const ok = outcome === "met" || outcome === "waived";
      return { rule: gate, ok, ...(outcome === "waived" && { warning: true }), finding, ...(ok ? {} : unmet) };
    }),
  ];
}
