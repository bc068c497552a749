import { predicateType } from "../evidence/index.ts";
import { type Digest, shortDigest } from "../oci/index.ts";
import type { EvidenceStore } from "./candidates.ts";
import { collectEvidence, type JudgedEvidence } from "./collect-evidence.ts";
import { signingError } from "./errors.ts";
import type { Judgement } from "./judge.ts";
import type { RefusalCode } from "./refusals.ts";
import type { Signatory, SignerTrust } from "./trust/signer-trust.ts";

/** Something that is attached to a subject, judged as evidence and as its signature. */
export interface JudgedCandidate extends JudgedEvidence {
  /** Why it is not a signature that counts; undefined when it is one. */
  readonly objection: { readonly code: RefusalCode; readonly why: string } | undefined;
}

export interface SignatureVerdict {
  readonly candidates: readonly JudgedCandidate[];
  readonly acceptedBy: Signatory | undefined;
}

/**
 * Judges everything attached to a subject: whether it is believed, and whether it is the subject's signature. One
 * signature that counts is enough.
 *
 * @param trust whose statements are believed at all
 * @param maySign whether somebody who is believed may sign releases, too
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function verifySignature(
  store: EvidenceStore,
  subject: Digest,
  trust: SignerTrust,
  maySign: (signatory: Signatory) => boolean = () => true,
): Promise<SignatureVerdict> {
  const evidence = await collectEvidence(store, subject, trust);
  const candidates = evidence.map((item) => ({ ...item, objection: objectionTo(item.judgement, maySign) }));
  const signed = candidates.find(({ objection }) => objection === undefined)?.judgement;
  return { candidates, acceptedBy: signed?.accepted ? signed.signatory : undefined };
}

function objectionTo(judgement: Judgement, maySign: (signatory: Signatory) => boolean): JudgedCandidate["objection"] {
  if (!judgement.accepted) return { code: judgement.code, why: judgement.why };
  const { predicateType: type } = judgement.statement;
  if (type !== predicateType.cosignSignature) {
    return { code: "NOT_A_SIGNATURE", why: `it states ${type}, which is evidence and not a signature` };
  }
  if (maySign(judgement.signatory)) return undefined;
  return { code: "ROLE_MISSING", why: "it was signed by somebody who is trusted, and not to sign releases" };
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
      details: verdict.candidates.flatMap(({ holder, objection }) =>
        objection === undefined ? [] : [`refused ${shortDigest(holder)}: ${objection.code} ${objection.why}`],
      ),
    },
  );
}
