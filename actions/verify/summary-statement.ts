import type { Host, Secret } from "../../src/contract/index.ts";
import type { PolicyInForce } from "../../src/dossier/index.ts";
import {
  encodeStatement,
  predicateType,
  purposeLevel,
  stageLevel,
  toDigestSet,
  type VerificationSummary,
} from "../../src/evidence/index.ts";
import { openKeySigner, signStatement } from "../../src/signing/index.ts";
import { verifyError } from "./errors.ts";
import type { Verified } from "./report.ts";

/** Where a verification summary goes and who signs it. */
export interface SummaryOrder {
  readonly path: string;
  readonly key: Secret;
  readonly password: Secret | undefined;
  readonly inForce: PolicyInForce;
}

/**
 * Whether a verification summary was asked for.
 * @throws SlipwayError SUMMARY_INCOMPLETE
 */
export function summaryOrder(
  inputs: {
    readonly summary: string | undefined;
    readonly "summary-key": Secret | undefined;
    readonly "summary-password": Secret | undefined;
  },
  inForce: PolicyInForce | undefined,
): SummaryOrder | undefined {
  const { summary: path, "summary-key": key, "summary-password": password } = inputs;
  if (path === undefined && key === undefined) return undefined;
  if (path === undefined || key === undefined || inForce === undefined) {
    throw verifyError("SUMMARY_INCOMPLETE", "of summary, summary-key and policy one is missing");
  }
  return { path, key, password, inForce };
}

/**
 * The verdict as a signed SLSA verification summary v1, for consumers that trust the verifier: a bundle as text. A stage
 * that was reached is named as what it is, next to the purpose; a refusal names neither.
 *
 * @throws SlipwayError KEY_*, SECRET_UNREADABLE
 */
export async function signSummary(
  { key, password, inForce }: SummaryOrder,
  verified: Verified,
  host: Host,
): Promise<string> {
  const { digest, form, at, refusal, purpose = "signature", environment, judged, verdict } = verified;
  const passed = refusal === undefined;
  const where = environment === undefined ? "" : `&environment=${encodeURIComponent(environment)}`;
  const inputs = verdict.candidates.flatMap(({ judgement }) => (judgement.accepted ? [judgement.digest] : []));
  const summary: VerificationSummary = {
    verifier: { id: "urn:slipway:verify" },
    timeVerified: at.toISOString(),
    resourceUri: `oci://${form.name}@${digest}?for=${purpose}${where}`,
    policy: { digest: toDigestSet(inForce.policy.digest) },
    // If any input is listed, all must be.
    inputAttestations: [...new Set(inputs)].map((statement) => ({ digest: toDigestSet(statement) })),
    verificationResult: passed ? "PASSED" : "FAILED",
    verifiedLevels: passed
      ? [purposeLevel(purpose), ...(judged === undefined ? [] : [stageLevel(judged.state)])]
      : ["FAILED"],
    slsaVersion: "1.1",
  };
  const signer = await openKeySigner({ key, password }, host);
  const bundle = await signStatement(encodeStatement(digest, predicateType.verificationSummary, summary), signer);
  return new TextDecoder().decode(bundle);
}
