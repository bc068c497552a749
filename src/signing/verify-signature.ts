import { type Digest, type ReadableStore, shortDigest } from "../oci/index.ts";
import { candidatesOf } from "./candidates.ts";
import { signingError } from "./errors.ts";
import { type Judgement, judgeSignature } from "./judge.ts";
import type { TrustedKey } from "./key.ts";

interface JudgedCandidate {
  /** Digest of the referrer's manifest. */
  readonly digest: Digest;
  readonly judgement: Judgement;
}

export interface SignatureVerdict {
  readonly candidates: readonly JudgedCandidate[];
  readonly acceptedBy: TrustedKey | undefined;
}

/**
 * Judges everything attached to a subject that could be its signature. One acceptable signature is enough.
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function verifySignature(
  store: ReadableStore,
  subject: Digest,
  trusted: readonly TrustedKey[],
): Promise<SignatureVerdict> {
  const candidates: JudgedCandidate[] = [];
  for await (const candidate of candidatesOf(store, subject)) {
    candidates.push({ digest: candidate.manifest.digest, judgement: judgeSignature(candidate, subject, trusted) });
  }
  const accepted = candidates.map(({ judgement }) => judgement).find((judgement) => judgement.accepted);
  return { candidates, acceptedBy: accepted?.signer };
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
      details: verdict.candidates.flatMap(({ digest, judgement }) =>
        judgement.accepted ? [] : [`refused ${shortDigest(digest)}: ${judgement.why}`],
      ),
    },
  );
}
