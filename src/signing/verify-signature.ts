import { type Digest, shortDigest } from "../oci/index.ts";
import { candidatesOf, type EvidenceStore } from "./candidates.ts";
import type { JudgedEvidence } from "./collect-evidence.ts";
import { signingError } from "./errors.ts";
import { judgeSignature } from "./judge.ts";
import type { Signatory, SignerTrust } from "./trust/signer-trust.ts";

export interface SignatureVerdict {
  readonly candidates: readonly JudgedEvidence[];
  readonly acceptedBy: Signatory | undefined;
}

/**
 * Judges everything attached to a subject that could be its signature. One acceptable signature is enough.
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function verifySignature(
  store: EvidenceStore,
  subject: Digest,
  trust: SignerTrust,
): Promise<SignatureVerdict> {
  const candidates: JudgedEvidence[] = [];
  for await (const candidate of candidatesOf(store, subject)) {
    const { holder, storage, tag } = candidate;
    candidates.push({ holder, storage, tag, judgement: judgeSignature(candidate, subject, trust) });
  }
  const accepted = candidates.map(({ judgement }) => judgement).find((judgement) => judgement.accepted);
  return { candidates, acceptedBy: accepted?.signatory };
}

/** The refusal that a verdict without an accepted signature is; undefined when there is one. */
export function refusalOf(verdict: SignatureVerdict, label: string) {
  if (verdict.acceptedBy !== undefined) return undefined;
  if (verdict.candidates.length === 0) return signingError("SIGNATURE_MISSING", `${label} is not signed`);
  const count = verdict.candidates.length;
  return signingError(
    "SIGNATURE_REJECTED",
    `${count === 1 ? "the only signature candidate" : `none of the ${count} signature candidates`} of ${label} is ${count === 1 ? "not " : ""}acceptable`,
    {
      details: verdict.candidates.flatMap(({ holder, judgement }) =>
        judgement.accepted ? [] : [`refused ${shortDigest(holder)}: ${judgement.code} ${judgement.why}`],
      ),
    },
  );
}
