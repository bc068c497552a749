import { checkOf, readPredicate, type TestResult } from "../../src/evidence/index.ts";
import type { Digest, ReadableStore } from "../../src/oci/index.ts";
import { collectEvidence, type SignerTrust } from "../../src/signing/index.ts";

/** An evaluation that somebody who is trusted has signed. */
export interface SignedEvaluation {
  /** Digest of the statement. */
  readonly statement: Digest;
  readonly result: TestResult;
}

/** The evaluations of a release; results of other checks are none. @throws SlipwayError what the store throws */
export async function signedEvaluations(
  store: ReadableStore,
  subject: Digest,
  trust: SignerTrust,
): Promise<readonly SignedEvaluation[]> {
  const found = new Map<Digest, SignedEvaluation>();
  for (const { judgement } of await collectEvidence(store, subject, trust)) {
    if (!judgement.accepted) continue;
    const result = readPredicate("testResult", judgement.statement);
    if (result === undefined || checkOf(result) !== "evaluation") continue;
    // Stored in two ways it is one all the same.
    found.set(judgement.digest, { statement: judgement.digest, result });
  }
  return [...found.values()];
}
