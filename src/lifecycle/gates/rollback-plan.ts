import { predicateType, type RollbackPlan, readPredicate } from "../../evidence/index.ts";
import { shortDigest } from "../../oci/index.ts";
import { othersOf } from "../champion.ts";
import type { Evidence } from "../dossier.ts";
import { failed, type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { alsoRejected, byWhom, statementsBy, validNow } from "./statements.ts";

const record = "Record what to go back to: `slipway attest` with a rollback plan.";

/** It is known what to go back to, and that exists. The plan recorded last is the one that counts. */
export function judgeRollbackPlan(context: GateContext): GateVerdict {
  const { gate, dossier } = context;
  const { found, rejected } = validNow(statementsBy(gate.signers, kind, dossier.evidence), context);
  const [latest] = found;
  if (latest === undefined) {
    return missing(`no rollback plan by ${gate.signers.join(" or ")} counts${alsoRejected(rejected)}`, record);
  }
  const { plan } = latest.content;
  const problem = planProblem(plan, context);
  if (problem !== undefined) return failed(`the rollback plan ${byWhom(latest)} ${problem}`, record, latest);
  const what = plan.kind === "withdraw" ? "withdraw, since there is no champion" : `back to ${plan.version}`;
  return met(`${what}, ${byWhom(latest)}`, latest);
}

function planProblem(plan: RollbackPlan["plan"], { dossier, siblings, champion }: GateContext): string | undefined {
  if (plan.kind === "withdraw") {
    return champion === undefined ? undefined : `withdraws the model, and there is ${champion.version} to go back to`;
  }
  const named = `goes back to ${plan.version} (${shortDigest(plan.subject)})`;
  if (plan.subject === dossier.subject) return `${named}, which is this release itself`;
  const target = othersOf(siblings, dossier).find(({ subject }) => subject === plan.subject);
  if (target === undefined) return `${named}, which is no known release of ${dossier.name} ${dossier.variant}`;
  if (target.version !== plan.version) return `${named}, and that subject is version ${target.version}`;
  const { state } = target.chain;
  return state === "production" || state === "retired" ? undefined : `${named}, which is ${state}`;
}

const kind = {
  predicateType: predicateType.rollbackPlan,
  read: (evidence: Evidence) => readPredicate("rollbackPlan", evidence),
  timeOf: ({ recordedOn }: { readonly recordedOn: string }) => recordedOn,
};
