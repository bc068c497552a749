import { predicateType, readPredicate } from "../../evidence/index.ts";
import type { Evidence } from "../dossier.ts";
import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { type Attributed, alsoRejected, byWhom, statementsBy, validNow } from "./statements.ts";

/** Somebody other than the one who promotes has agreed to this state. */
export function judgeApproval({ gate, request, dossier, actor, now, policy }: GateContext): GateVerdict {
  const { found, rejected } = validNow(statementsBy(gate.signers, kind, dossier.evidence), { now, policy });
  const forState = found.filter(({ content }) => content.to === request.to);
  const own = ({ evidence }: Attributed<unknown>) => evidence.signer.fingerprint === actor?.fingerprint;
  const approval = forState.find((item) => !own(item));
  if (approval !== undefined) return met(`approved ${byWhom(approval)}: ${approval.content.reason}`, approval);
  const notes = [
    ...rejected,
    ...forState
      .filter(own)
      .map(({ evidence }) => `"${evidence.signer.name}" is who promotes and cannot approve it too`),
    ...found.filter(({ content }) => content.to !== request.to).map(({ content }) => `one approves ${content.to}`),
  ];
  return missing(
    `no approval of ${request.to} by ${gate.signers.join(" or ")} counts${alsoRejected(notes)}`,
    `Let somebody in the role ${gate.signers.join(" or ")} approve it: \`slipway attest\` with an approval to ${request.to}.`,
  );
}

const kind = {
  predicateType: predicateType.approval,
  read: (evidence: Evidence) => readPredicate("approval", evidence),
  timeOf: ({ approvedOn }: { readonly approvedOn: string }) => approvedOn,
};
