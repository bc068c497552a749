import type { PolicyInForce } from "../../src/dossier/index.ts";
import type { SlipwayError } from "../../src/errors/index.ts";
import { statedTime } from "../../src/evidence/index.ts";
import type { FormC } from "../../src/formats/index.ts";
import type { Purpose, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";
import { type VerifyReport, verifyReportType } from "../../src/report/index.ts";
import type { JudgedCandidate, Signatory, SignatureVerdict } from "../../src/signing/index.ts";
import type { PurposeVerdict } from "./purpose.ts";

/** All that a verdict rests on. */
export interface Verified {
  readonly at: Date;
  readonly digest: Digest;
  readonly reference: string;
  readonly form: FormC;
  readonly verdict: SignatureVerdict;
  readonly refusal: SlipwayError | undefined;
  readonly purpose: Purpose | undefined;
  readonly environment: string | undefined;
  readonly judged: PurposeVerdict | undefined;
  readonly inForce: PolicyInForce | undefined;
  /** As the policy knows somebody. */
  readonly knownAs: (signatory: Signatory) => Signer | undefined;
}

/** The verdict as a document (`schemas/verify-report.json`). */
export function reportOf(verified: Verified): VerifyReport {
  const { at, digest, reference, form, verdict, refusal, purpose, environment, judged, inForce, knownAs } = verified;
  const { name, version, variant } = form;
  return {
    schema: verifyReportType,
    verified: refusal === undefined,
    at: at.toISOString(),
    purpose: purpose ?? null,
    environment: environment ?? null,
    release: { name, version, variant, subject: digest, reference },
    state: judged?.state ?? null,
    policy: inForce === undefined ? null : { file: inForce.policy.file, digest: inForce.policy.digest },
    refusal: refusal === undefined ? null : { code: refusal.code, message: refusal.message, remedy: refusal.remedy },
    signature: {
      accepted: verdict.acceptedBy !== undefined,
      signer: verdict.acceptedBy === undefined ? null : signerOf(verdict.acceptedBy, knownAs),
    },
    candidates: verdict.candidates.map((candidate) => candidateOf(candidate, knownAs)),
    rules: (judged?.findings ?? []).map(({ rule, ok, warning, finding }) => ({
      rule,
      ok,
      warning: warning === true,
      finding,
    })),
    content: { files: form.files.length, bytes: form.size },
  };
}

type Candidate = VerifyReport["candidates"][number];

function candidateOf({ holder, storage, judgement }: JudgedCandidate, knownAs: Verified["knownAs"]): Candidate {
  const checks = judgement.checks.map((check) => ({ ...check }));
  if (!judgement.accepted) {
    const { code, why } = judgement;
    return {
      holder,
      storage,
      predicateType: null,
      statement: null,
      accepted: false,
      code,
      why,
      signer: null,
      time: null,
      checks,
    };
  }
  const { statement, digest, signatory } = judgement;
  return {
    holder,
    storage,
    predicateType: statement.predicateType,
    statement: digest,
    accepted: true,
    code: null,
    why: null,
    signer: signerOf(signatory, knownAs),
    time: timeOf(judgement),
    checks,
  };
}

function timeOf({ time, statement }: Extract<JudgedCandidate["judgement"], { accepted: true }>): Candidate["time"] {
  if (time !== undefined) return { at: time.at.toISOString(), proven: true, by: `a ${time.by}` };
  const stated = statedTime(statement);
  return stated === undefined ? null : { at: stated.toISOString(), proven: false, by: "the signer" };
}

function signerOf(signatory: Signatory, knownAs: Verified["knownAs"]): NonNullable<Candidate["signer"]> {
  const known = knownAs(signatory);
  const { kind, fingerprint: id } = signatory;
  const common = { kind, id, name: known?.name ?? "", roles: [...(known?.roles ?? [])] };
  return signatory.kind === "key" ? common : { ...common, issuer: signatory.issuer, subject: signatory.subject };
}
