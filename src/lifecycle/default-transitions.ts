import type { WrittenGate } from "./gate-schema.ts";
import type { Target } from "./transition.ts";

const bare = (kind: WrittenGate["kind"]): WrittenGate => ({ kind, options: {} });

/** The table of DESIGN 5.5: what holds for a transition, or a part of one, that the policy does not describe. */
export const defaultTransitions: Readonly<
  Record<Target, { readonly roles: readonly string[]; readonly gates: readonly WrittenGate[] }>
> = {
  staging: {
    roles: ["mlops-engineer"],
    gates: [bare("owner"), bare("lineage"), bare("model-card"), bare("signature"), bare("scan"), bare("evaluation")],
  },
  production: { roles: ["platform-lead"], gates: [bare("shadow"), bare("rollback-plan"), bare("runbook")] },
  retired: {
    roles: ["model-owner"],
    gates: [bare("replacement"), bare("sunset"), bare("migration-path"), bare("approval")],
  },
  archived: { roles: ["mlops-engineer", "platform-lead"], gates: [bare("sunset-over"), bare("no-consumers")] },
  revoked: { roles: ["security"], gates: [bare("reason"), bare("advisory")] },
};
