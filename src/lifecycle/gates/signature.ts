import { predicateType } from "../../evidence/index.ts";
import type { Evidence } from "../dossier.ts";
import { opposedRoles } from "../gate-kinds.ts";
import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { type Attributed, alsoRejected, byWhom, type Sifted, statementsBy, validNow } from "./statements.ts";

/** The release is signed, by somebody who may sign releases and does not evaluate them. */
export function judgeSignature({ gate, dossier, now, policy }: GateContext): GateVerdict {
  const { found, rejected } = validNow(signaturesBy(gate.signers, dossier.evidence), { now, policy });
  const [signature] = found;
  if (signature !== undefined) return met(`signed ${byWhom(signature)}`, signature);
  return missing(
    `no signature by ${gate.signers.join(" or ")} counts${alsoRejected(rejected)}`,
    `Sign the release with a key of the role ${gate.signers.join(" or ")}: \`slipway sign\`.`,
  );
}

/** The signatures by one of the roles, also those whose key has run out; evaluators cannot sign (DESIGN 5.4). */
export function signaturesBy(signers: readonly string[], evidence: readonly Evidence[]): Sifted<true> {
  const { found, rejected } = statementsBy(signers, kind, evidence);
  const opposed = ({ evidence: { signer } }: Attributed<true>) => signer.roles.includes(opposedRoles.evaluator);
  return {
    found: found.filter((item) => !opposed(item)),
    rejected: [...rejected, ...found.filter(opposed).map((item) => `"${item.evidence.signer.name}" is an evaluator`)],
  };
}

const kind = {
  predicateType: predicateType.cosignSignature,
  read: ({ predicate }: Evidence) => (Object.keys(predicate).length === 0 ? true : undefined),
  timeOf: () => undefined,
};
