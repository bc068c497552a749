import {
  encodeSignatureStatement,
  isAbout,
  parseStatement,
  predicateProblem,
  predicateType,
  type Statement,
} from "../evidence/index.ts";
import { type Digest, digestOf, shortDigest } from "../oci/index.ts";
import type { Candidate } from "./candidates.ts";
import { readSimpleSigning } from "./legacy/simple-signing.ts";
import { omsPredicateType } from "./oms/statement.ts";
import { readBundle } from "./read-bundle.ts";
import type { RefusalCode } from "./refusals.ts";
import { type SignedContent, type Unbelieved, unbelieved } from "./signed-content.ts";
import { type Proof, proveSignatory } from "./trust/prove-signatory.ts";
import type { ProvenTime } from "./trust/prove-time.ts";
import { type Signatory, type SignerTrust, showSignatory } from "./trust/signer-trust.ts";

/** One check that a candidate went through, in the order of the design's third invariant. */
interface Check {
  readonly name: "content" | "signature" | "time" | "statement" | "subject" | "type" | "schema";
  readonly ok: boolean;
  /** One line. */
  readonly finding: string;
}

/** What verification found about one candidate. */
export type Judgement =
  | {
      readonly accepted: true;
      readonly signatory: Signatory;
      /** Undefined when nobody who is trusted vouches for a time. */
      readonly time: ProvenTime | undefined;
      readonly statement: Statement;
      /** Digest of the payload that was signed: what other statements call this one. */
      readonly digest: Digest;
      readonly checks: readonly Check[];
    }
  | {
      readonly accepted: false;
      readonly code: RefusalCode;
      readonly why: string;
      readonly checks: readonly Check[];
    };

/**
 * Judges whether a candidate is a signature of the subject by somebody who is trusted: invariant 3 of the design, for a
 * signature.
 *
 * @param trust whose holders may sign releases
 */
export function judgeSignature({ content }: Candidate, subject: Digest, trust: SignerTrust): Judgement {
  return "code" in content
    ? refused([], "content", content)
    : judgeContent(content, { subject, trust, as: "signature" });
}

/**
 * Judges whether a candidate is a statement about the subject by somebody who is trusted, of whatever type. What the
 * signer may state, and whether it suffices, is for the reader of the statement to say.
 *
 * @param trust who may state anything at all
 */
export function judgeEvidence({ content }: Candidate, subject: Digest, trust: SignerTrust): Judgement {
  return "code" in content
    ? refused([], "content", content)
    : judgeContent(content, { subject, trust, as: "evidence" });
}

/**
 * The same for a bundle that lies elsewhere than in a store, such as in a ledger.
 * @param subject undefined when the statement itself is to say what it is about
 */
export function judgeBundle(bytes: Uint8Array, subject: Digest | undefined, trust: SignerTrust): Judgement {
  const content = readBundle(bytes);
  return "code" in content
    ? refused([], "content", content)
    : judgeContent(content, { subject, trust, as: "evidence" });
}

/** The order is that of trust: nothing that the candidate says is read before its signature holds. */
function judgeContent(
  content: SignedContent,
  {
    subject,
    trust,
    as,
  }: {
    readonly subject: Digest | undefined;
    readonly trust: SignerTrust;
    readonly as: "signature" | "evidence";
  },
): Judgement {
  const checks: Check[] = [{ name: "content", ok: true, finding: stored(content) }];

  const proof = proveSignatory(content, trust);
  if ("code" in proof) return refused(checks, "signature", proof);
  checks.push({ name: "signature", ok: true, finding: `by ${showSignatory(proof.signatory)}` }, timeCheck(proof));

  const statement = statementIn(content);
  if ("code" in statement) return refused(checks, "statement", statement);
  checks.push({ name: "statement", ok: true, finding: statement.predicateType });

  // It is about files, and its subject no manifest: no evidence that was moved here, as any other would be.
  if (statement.predicateType === omsPredicateType) {
    const why = "it is an OMS signature: of a model's files, not of the release";
    return refused(checks, "type", unbelieved("OMS_SIGNATURE", why));
  }
  if (subject !== undefined && !isAbout(statement, subject)) {
    return refused(checks, "subject", unbelieved("SUBJECT_MISMATCH", "its statement is about another digest"));
  }
  if (subject !== undefined) checks.push({ name: "subject", ok: true, finding: shortDigest(subject) });

  if (as === "signature" && statement.predicateType !== predicateType.cosignSignature) {
    const why = `it states ${statement.predicateType}, which is evidence and not a signature`;
    return refused(checks, "type", unbelieved("NOT_A_SIGNATURE", why));
  }
  const problem = contentProblem(statement);
  if (problem !== undefined) return refused(checks, "schema", unbelieved("PREDICATE_MALFORMED", problem));
  checks.push({ name: "schema", ok: true, finding: "the predicate is as its type demands" });
  const { signatory, time } = proof;
  return { accepted: true, signatory, time, statement, digest: digestOf(content.payload), checks };
}

function contentProblem({ predicateType: type, predicate }: Statement): string | undefined {
  if (type === predicateType.cosignSignature) {
    return Object.keys(predicate).length === 0 ? undefined : "its predicate is not empty, as that of a signature is";
  }
  const problem = predicateProblem(type, predicate);
  return problem === undefined ? undefined : `its predicate is malformed: ${problem}`;
}

/** What a signature of cosign's older form says is what a signature's statement says. */
function statementIn(content: SignedContent): Statement | Unbelieved {
  if (content.states === "simple-signing") {
    const subject = readSimpleSigning(content.payload);
    const statement = subject === undefined ? undefined : parseStatement(encodeSignatureStatement(subject));
    return statement ?? unbelieved("STATEMENT_MALFORMED", "its payload is not what cosign signs");
  }
  const statement = parseStatement(content.payload);
  return statement ?? unbelieved("STATEMENT_MALFORMED", "its payload is not an in-toto statement");
}

function stored({ storage, states }: SignedContent): string {
  if (storage === "bundle") return "a sigstore bundle";
  return states === "statement" ? "an envelope of cosign's older storage" : "a signature of cosign's older storage";
}

function timeCheck({ time }: Proof): Check {
  const finding =
    time === undefined ? "nobody vouches for a time" : `before ${time.at.toISOString()}, proven by a ${time.by}`;
  return { name: "time", ok: true, finding };
}

function refused(checks: readonly Check[], name: Check["name"], { code, why }: Unbelieved): Judgement {
  return { accepted: false, code, why, checks: [...checks, { name, ok: false, finding: why }] };
}
