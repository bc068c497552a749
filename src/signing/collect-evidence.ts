import { type Digest, digestOf } from "../oci/index.ts";
import { type Candidate, candidatesOf, type EvidenceStore } from "./candidates.ts";
import { type Judgement, judgeEvidence } from "./judge.ts";
import type { SignerTrust } from "./trust/signer-trust.ts";

/** Something that is attached to a subject, judged. */
export interface JudgedEvidence extends Pick<Candidate, "holder" | "storage" | "tag"> {
  /** Digest of the payload, whoever signed it; left out when that could not be read. */
  readonly states?: Digest;
  readonly judgement: Judgement;
}

/**
 * Judges everything that is attached to a subject, in every storage, whatever it states.
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function collectEvidence(
  store: EvidenceStore,
  subject: Digest,
  trust: SignerTrust,
): Promise<readonly JudgedEvidence[]> {
  const found: JudgedEvidence[] = [];
  for await (const candidate of candidatesOf(store, subject)) {
    const { holder, storage, tag, content } = candidate;
    const states = "code" in content ? {} : { states: digestOf(content.payload) };
    found.push({ holder, storage, tag, ...states, judgement: judgeEvidence(candidate, subject, trust) });
  }
  return found;
}
