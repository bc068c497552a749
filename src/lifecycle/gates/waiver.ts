import { predicateType, readPredicate } from "../../evidence/index.ts";
import type { Evidence } from "../dossier.ts";
import { neverWaived } from "../gate-kinds.ts";
import type { WaiverRule } from "../policy.ts";
import type { GateContext } from "./gate.ts";
import { type Attributed, statementsBy, timeProblem } from "./statements.ts";

/** A waiver that counts, or why none of those that are there does. */
type WaiverVerdict =
  | { readonly accepted: Attributed<{ readonly reason: string; readonly until: string }>; readonly refused?: never }
  | { readonly accepted?: never; readonly refused: readonly string[] };

/** Looks for a signed, dated waiver of a gate within what a rule of the policy allows (DESIGN 5.5). */
export function findWaiver({ gate, request: { to }, policy, dossier, now }: GateContext): WaiverVerdict {
  if (to === "revoked" || neverWaived(gate.kind)) return { refused: [] };
  const refused: string[] = [];
  const rules = policy.waivers.filter((rule) => rule.gate === gate.name);
  for (const rule of rules) {
    for (const waiver of statementsBy(rule.signers, kind, dossier.evidence).found) {
      if (waiver.content.gate !== gate.name || waiver.content.to !== to) continue;
      const problem = waiverProblem(waiver, rule, { now, policy });
      if (problem === undefined) return { accepted: waiver };
      refused.push(`the waiver by "${waiver.evidence.signer.name}" ${problem}`);
    }
  }
  return { refused: refused.length > 0 ? refused : unruled(rules, { gate, to, evidence: dossier.evidence }) };
}

function waiverProblem(
  waiver: Attributed<{ readonly until: string }>,
  rule: WaiverRule,
  { now, policy }: Pick<GateContext, "now" | "policy">,
): string | undefined {
  const time = timeProblem(waiver, { now, policy });
  if (time !== undefined) return `does not count: ${time}`;
  const until = new Date(waiver.content.until);
  if (!(now < until)) return `ran out on ${waiver.content.until}`;
  if (until <= rule.until) return undefined;
  return `holds until ${waiver.content.until}, and the policy allows ${rule.until.toISOString()} at most (${rule.reason})`;
}

/** Says why a waiver that somebody wrote was not even looked at. */
function unruled(
  rules: readonly WaiverRule[],
  {
    gate,
    to,
    evidence,
  }: { readonly gate: { readonly name: string }; readonly to: string; readonly evidence: readonly Evidence[] },
): readonly string[] {
  return evidence.flatMap((item) => {
    const waiver = readPredicate("waiver", item);
    if (waiver === undefined || waiver.gate !== gate.name || waiver.to !== to) return [];
    const allowed = [...new Set(rules.flatMap((rule) => rule.signers))].join(" or ") || "nobody";
    return [`the waiver by "${item.signer.name}" does not count: the policy lets ${allowed} waive it`];
  });
}

const kind = {
  predicateType: predicateType.waiver,
  read: (evidence: Evidence) => readPredicate("waiver", evidence),
  timeOf: ({ waivedOn }: { readonly waivedOn: string }) => waivedOn,
};
