/** What a promotion can be made to depend on (DESIGN 5.5), in the order of a release's life. */
export const gateKinds = [
  "owner",
  "lineage",
  "model-card",
  "signature",
  "scan",
  "evaluation",
  "shadow",
  "rollback-plan",
  "runbook",
  "approval",
  "replacement",
  "sunset",
  "migration-path",
  "sunset-over",
  "no-consumers",
  "reason",
  "advisory",
  "statement",
] as const;
export type GateKind = (typeof gateKinds)[number];

/** Whose evidence a gate takes when the policy does not say; kinds that are not here take none, or demand a name. */
export const usualSigners: Readonly<Partial<Record<GateKind, readonly string[]>>> = {
  signature: ["builder"],
  scan: ["scanner", "builder"],
  evaluation: ["evaluator"],
  shadow: ["evaluator"],
  "rollback-plan": ["mlops-engineer", "platform-lead"],
  runbook: ["mlops-engineer", "platform-lead"],
  approval: ["platform-lead"],
};

/** Roles of which nobody may have both: who judges a release may not make it (DESIGN 5.4, "Evidence has a role"). */
export const opposedRoles = { builder: "builder", evaluator: "evaluator" } as const;

/** True for a gate that no waiver stands in for. */
export function neverWaived(kind: GateKind): boolean {
  return kind === "signature";
}
