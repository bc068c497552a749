import type { Digest, ReadableStore } from "../oci/index.ts";
import { candidatesOf } from "./candidates.ts";
import { type Judgement, judgeEvidence } from "./judge.ts";
import type { TrustedKey } from "./key.ts";

/** A bundle that is attached to a subject, judged. */
export interface JudgedEvidence {
  /** Digest of the referrer's manifest. */
  readonly manifest: Digest;
  readonly judgement: Judgement;
}

/**
 * Judges every bundle that is attached to a subject, whatever it states.
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function collectEvidence(
  store: Pick<ReadableStore, "fetch" | "referrers">,
  subject: Digest,
  trusted: readonly TrustedKey[],
): Promise<readonly JudgedEvidence[]> {
  const found: JudgedEvidence[] = [];
  for await (const candidate of candidatesOf(store, subject)) {
    found.push({ manifest: candidate.manifest.digest, judgement: judgeEvidence(candidate, subject, trusted) });
  }
  return found;
}
