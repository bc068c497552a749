import { checkOf, readPredicate, type TestResult } from "../../src/evidence/index.ts";
import type { Digest, ReadableStore } from "../../src/oci/index.ts";
import { collectEvidence, type JudgedEvidence, type TrustedKey } from "../../src/signing/index.ts";

/** An evaluation that a trusted key has signed. */
export interface SignedEvaluation {
  /** Digest of the statement. */
  readonly statement: Digest;
  readonly result: TestResult;
}

/** The evaluations of a release; results of other checks are none. @throws SlipwayError what the store throws */
export async function signedEvaluations(
  store: ReadableStore,
  subject: Digest,
  trusted: readonly TrustedKey[],
): Promise<readonly SignedEvaluation[]> {
  return (await collectEvidence(store, subject, trusted)).flatMap(evaluationIn);
}

function evaluationIn({ judgement }: JudgedEvidence): readonly SignedEvaluation[] {
  if (!judgement.accepted) return [];
  const result = readPredicate("testResult", judgement.statement);
  return result !== undefined && checkOf(result) === "evaluation" ? [{ statement: judgement.digest, result }] : [];
}
