import type { Promotion, Run } from "../evidence/index.ts";
import { readPredicate } from "../evidence/index.ts";
import { promotionError } from "./errors.ts";
import type { GateFinding, PromotionContext, PromotionDecision, PromotionRequest } from "./promotion-context.ts";
import { showRelease } from "./release.ts";

/**
 * The link that a decision to promote is recorded as (DESIGN 5.5): where it stands in the chain, what was decided on
 * what, under which policy, and by whom.
 *
 * @param decision one without refusal, of the same request and context
 * @param run the CI run that signs
 * @throws SlipwayError the decision's refusal; ROLE_REQUIRED without an actor; TRANSITION_NOT_ALLOWED when the release
 *   is in the state already
 */
export function planLink(
  decision: PromotionDecision,
  { dossier, chain, policy, now }: PromotionContext,
  request: PromotionRequest,
  run: Run,
): Promotion {
  const { from, to, role, refusal, gates, champion } = decision;
  if (refusal !== undefined) throw refusal;
  if (from === to) throw promotionError("TRANSITION_NOT_ALLOWED", `${showRelease(dossier)} is ${to} already`);
  if (role === undefined) throw promotionError("ROLE_REQUIRED", `nobody is named who promotes ${showRelease(dossier)}`);
  const { name, version, variant } = dossier;
  return {
    name,
    version,
    variant,
    sequence: chain.links.length + 1,
    from,
    to,
    previous: chain.head === undefined ? [] : [chain.head],
    evidence: gates.filter(({ outcome }) => outcome === "met").map(usedEvidence),
    waivers: gates.flatMap(usedWaiver),
    policy: policy.digest,
    role,
    ...(champion && { champion: { subject: champion.subject, version: champion.version } }),
    ...(to === "retired" && request.retirement && { retirement: retirementOf(request.retirement) }),
    ...told(request),
    promotedOn: now.toISOString(),
    run,
  };
}

/** What a request says in words, as a link holds it. */
export function told({ reason, advisory }: Pick<PromotionRequest, "reason" | "advisory">) {
  return { ...(advisory && { advisory }), ...(reason && { reason }) };
}

function usedEvidence({ gate, finding, evidence, role }: GateFinding): Promotion["evidence"][number] {
  return {
    gate,
    ...(evidence && {
      statement: evidence.statement,
      predicateType: evidence.predicateType,
      signer: evidence.signer.fingerprint,
    }),
    ...(role !== undefined && { role }),
    finding,
  };
}

function usedWaiver({ gate, outcome, waiver, role }: GateFinding): Promotion["waivers"] {
  const content = waiver === undefined ? undefined : readPredicate("waiver", waiver);
  if (outcome !== "waived" || waiver === undefined || content === undefined || role === undefined) return [];
  const { reason, until } = content;
  return [{ gate, statement: waiver.statement, signer: waiver.signer.fingerprint, role, reason, until }];
}

function retirementOf({ replacement, sunset, migration }: NonNullable<PromotionRequest["retirement"]>) {
  return { replacement, sunset: sunset.toISOString(), migration };
}
