import * as z from "zod";
import { digestSetSchema, type State, timeSchema } from "./parts.ts";

/** SLSA verification summary v1 (slsa.dev/spec/v1.1/verification_summary): a stage was reached under a policy. */
export const verificationSummarySchema = z.looseObject({
  verifier: z.looseObject({ id: z.string(), version: z.record(z.string(), z.string()).optional() }),
  timeVerified: timeSchema,
  resourceUri: z.string(),
  policy: z.looseObject({ uri: z.string().optional(), digest: digestSetSchema }),
  inputAttestations: z.array(z.looseObject({ uri: z.string().optional(), digest: digestSetSchema })).optional(),
  verificationResult: z.enum(["PASSED", "FAILED"]),
  verifiedLevels: z.array(z.string()),
  slsaVersion: z.string().optional(),
});
export type VerificationSummary = z.infer<typeof verificationSummarySchema>;

/** The custom level that a stage is; the specification reserves the prefix `SLSA_`. */
export function stageLevel(state: State): string {
  return `SLIPWAY_STAGE_${state.toUpperCase()}`;
}

/** The custom level of a release that was verified for a purpose; it is no stage. */
export function purposeLevel(purpose: string): string {
  return `SLIPWAY_VERIFIED_FOR_${purpose.toUpperCase()}`;
}
