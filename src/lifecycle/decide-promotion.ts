import type { SlipwayError } from "../errors/index.ts";
import type { State } from "../evidence/index.ts";
import { championOf } from "./champion.ts";
import type { Signer } from "./dossier.ts";
import { promotionError } from "./errors.ts";
import { judgeGate } from "./judge-gate.ts";
import { keyTimeProblem } from "./key-time.ts";
import type { Policy } from "./policy.ts";
import type { GateFinding, PromotionContext, PromotionDecision, PromotionRequest } from "./promotion-context.ts";
import { lossRefusal } from "./purpose-evidence.ts";
import { showRelease } from "./release.ts";
import { nextState, transitionProblem } from "./transition.ts";

/**
 * Decides whether a release may reach a state, and says everything that stands in the way (DESIGN 5.5). All gates are
 * judged whatever else is wrong, so that a plan shows the whole list. A release that is in the state already is not
 * refused and has no gates: what is missing behind its last link may be completed.
 *
 * The refusal is TRANSITION_NOT_ALLOWED, ROLE_REQUIRED, EVIDENCE_LOST or GATE_UNMET, the first of them that applies.
 */
export function decidePromotion(request: PromotionRequest, context: PromotionContext): PromotionDecision {
  const { dossier, chain, policy, siblings, actor } = context;
  const { to } = request;
  const from = chain.state;
  const champion = championOf(siblings, dossier);
  const known = { from, to, champion };
  if (to === "experimental") {
    const refusal = from === to ? undefined : notAllowed(context, from, to);
    return { ...known, gates: [], mayAuthorise: [], role: undefined, refusal };
  }
  const { roles, gates: required } = policy.transitions[to];
  const mayAuthorise = roles.map((role) => ({ role, keys: keysOf(role, context) }));
  const role = actor === undefined ? undefined : roles.find((one) => actor.roles.includes(one));
  if (from === to) return { ...known, gates: [], mayAuthorise, role, refusal: undefined };
  const gates = required.map((gate) => judgeGate({ ...context, gate, request, champion }));
  const refusal =
    notAllowed(context, from, to) ??
    (actor === undefined ? undefined : roleRefusal(actor, role, { to, mayAuthorise }, context)) ??
    lossRefusal(dossier, chain, to) ??
    gateRefusal(gates, to, context);
  return { ...known, gates, mayAuthorise, role, refusal };
}

function notAllowed({ dossier }: PromotionContext, from: State, to: State): SlipwayError | undefined {
  const problem = transitionProblem(from, to);
  if (problem === undefined) return undefined;
  const next = nextState(from);
  return promotionError(
    "TRANSITION_NOT_ALLOWED",
    `${showRelease(dossier)} is ${from} and cannot become ${to}: ${problem}`,
    next === undefined ? {} : { remedy: `Promote it to ${next} first, or choose another release.` },
  );
}

function roleRefusal(
  actor: Signer,
  role: string | undefined,
  { to, mayAuthorise }: Pick<PromotionDecision, "to" | "mayAuthorise">,
  { dossier, now }: PromotionContext,
): SlipwayError | undefined {
  const validity = keyTimeProblem(actor, now);
  if (role !== undefined && validity === undefined) return undefined;
  const why =
    role === undefined ? `has the role ${actor.roles.join(", ")}` : `has the role ${role}, and the key ${validity}`;
  const who = mayAuthorise.map((one) => `${one.role} (${one.keys.join(", ") || "no key that is valid now"})`);
  return promotionError(
    "ROLE_REQUIRED",
    `"${actor.name}" ${why}; ${showRelease(dossier)} is promoted to ${to} by ${who.join(" or ")}`,
  );
}

function gateRefusal(
  gates: readonly GateFinding[],
  to: State,
  { dossier }: PromotionContext,
): SlipwayError | undefined {
  const unmet = gates.filter(({ outcome }) => outcome === "missing" || outcome === "failed");
  if (unmet.length === 0) return undefined;
  const names = unmet.map(({ gate }) => gate).join(", ");
  return promotionError(
    "GATE_UNMET",
    `${showRelease(dossier)} lacks ${unmet.length} of ${gates.length} gates to ${to}: ${names}`,
    {
      details: unmet.map(
        ({ gate, finding, remedy }) => `${gate}: ${finding}${remedy === undefined ? "" : `; ${remedy}`}`,
      ),
    },
  );
}

/** Names of a role's keys that may be used now. */
function keysOf(role: string, { policy, now }: { readonly policy: Policy; readonly now: Date }): readonly string[] {
  return (policy.roles.get(role) ?? []).filter((key) => keyTimeProblem(key, now) === undefined).map(({ name }) => name);
}
