import { predicateType, readPredicate } from "../../evidence/index.ts";
import type { Evidence } from "../dossier.ts";
import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { alsoRejected, byWhom, statementsBy, validNow } from "./statements.ts";

/** The people on call know where to look. */
export function judgeRunbook({ gate, dossier, now, policy }: GateContext): GateVerdict {
  const { found, rejected } = validNow(statementsBy(gate.signers, kind, dossier.evidence), { now, policy });
  const [runbook] = found;
  if (runbook !== undefined) {
    return met(`${runbook.content.uri}, on call ${runbook.content.onCall}, ${byWhom(runbook)}`, runbook);
  }
  return missing(
    `no runbook by ${gate.signers.join(" or ")} counts${alsoRejected(rejected)}`,
    "Record the runbook of this release: `slipway attest` with a runbook.",
  );
}

const kind = {
  predicateType: predicateType.runbook,
  read: (evidence: Evidence) => readPredicate("runbook", evidence),
  timeOf: ({ recordedOn }: { readonly recordedOn: string }) => recordedOn,
};
