import type { GateKind } from "./gate-kinds.ts";
import { judgeApproval } from "./gates/approval.ts";
import { judgeEvaluation, judgeScan, judgeShadow } from "./gates/checks.ts";
import type { GateContext, GateVerdict } from "./gates/gate.ts";
import { judgeLineage } from "./gates/lineage.ts";
import { judgeModelCard } from "./gates/model-card.ts";
import { judgeNoConsumers } from "./gates/no-consumers.ts";
import { judgeOwner } from "./gates/owner.ts";
import { judgeMigrationPath, judgeReplacement, judgeSunset, judgeSunsetOver } from "./gates/retirement.ts";
import { judgeAdvisory, judgeReason } from "./gates/revocation.ts";
import { judgeRollbackPlan } from "./gates/rollback-plan.ts";
import { judgeRunbook } from "./gates/runbook.ts";
import { judgeSignature } from "./gates/signature.ts";
import { judgeStatement } from "./gates/statement.ts";
import { findWaiver } from "./gates/waiver.ts";
import type { GateFinding } from "./promotion-context.ts";

const judges: Readonly<Record<GateKind, (context: GateContext) => GateVerdict>> = {
  owner: judgeOwner,
  lineage: judgeLineage,
  "model-card": judgeModelCard,
  signature: judgeSignature,
  scan: judgeScan,
  evaluation: judgeEvaluation,
  shadow: judgeShadow,
  "rollback-plan": judgeRollbackPlan,
  runbook: judgeRunbook,
  approval: judgeApproval,
  replacement: judgeReplacement,
  sunset: judgeSunset,
  "migration-path": judgeMigrationPath,
  "sunset-over": judgeSunsetOver,
  "no-consumers": judgeNoConsumers,
  reason: judgeReason,
  advisory: judgeAdvisory,
  statement: judgeStatement,
};

/** Longest finding that a link can hold. */
const maxFindingLength = 1000;

/** Judges a gate; one that is not met may be waived. */
export function judgeGate(context: GateContext): GateFinding {
  const { gate } = context;
  const verdict = judges[gate.kind](context);
  const common = { gate: gate.name, evidence: verdict.evidence, role: verdict.role, remedy: verdict.remedy };
  if (verdict.outcome === "met") {
    return { ...common, outcome: "met", finding: oneLine(verdict.finding), waiver: undefined };
  }
  const { accepted, refused } = findWaiver(context);
  if (accepted === undefined) {
    const finding = [verdict.finding, ...refused].join("; ");
    return { ...common, outcome: verdict.outcome, finding: oneLine(finding), waiver: undefined };
  }
  const { evidence: waiver, role, content } = accepted;
  const finding = `waived by "${waiver.signer.name}" (${role}) until ${content.until}: ${content.reason}; ${verdict.finding}`;
  return {
    gate: gate.name,
    outcome: "waived",
    finding: oneLine(finding),
    remedy: undefined,
    evidence: undefined,
    role,
    waiver,
  };
}

/** Findings quote manifests, requests and statements; they end up in links and in logs. */
function oneLine(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  return plain.length > maxFindingLength ? `${plain.slice(0, maxFindingLength - 1).toWellFormed()}…` : plain;
}
