import * as z from "zod";
import { digestSchema, reasonSchema, releaseSchema, runSchema, stateSchema, timeSchema } from "./parts.ts";

/** A piece of evidence that a gate was decided on. */
const usedEvidenceSchema = z.strictObject({
  gate: z.string().min(1).max(64),
  /** Digest of the statement (the DSSE payload). */
  statement: digestSchema.exactOptional(),
  predicateType: z.string().max(500).exactOptional(),
  /** Fingerprint of the key, and the role in which it was accepted. */
  signer: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  role: z.string().max(64).exactOptional(),
  /** What was found, one line. */
  finding: reasonSchema,
});

const usedWaiverSchema = z.strictObject({
  gate: z.string().min(1).max(64),
  statement: digestSchema,
  signer: z.string().regex(/^[0-9a-f]{64}$/),
  role: z.string().max(64),
  reason: reasonSchema,
  until: timeSchema,
});

/** What a retirement promises the consumers. */
const retirementSchema = z.strictObject({
  replacement: digestSchema,
  sunset: timeSchema,
  migration: reasonSchema,
});

/**
 * `urn:slipway:promotion:v1`: one link of a release's promotion chain (DESIGN 5.5). `previous` holds the digests of
 * the statements before it: none for the first link, one as a rule, two for a link that joins a chain that diverged.
 */
export const promotionSchema = z.strictObject({
  ...releaseSchema.shape,
  sequence: z.int().positive(),
  from: stateSchema,
  to: stateSchema,
  previous: z.array(digestSchema).max(2),
  evidence: z.array(usedEvidenceSchema).max(100),
  waivers: z.array(usedWaiverSchema).max(100),
  policy: digestSchema,
  /** Role in which the signer acted. */
  role: z.string().min(1).max(64),
  /** The release that was champion when this was decided; absent for the first release of a variant. */
  champion: z.strictObject({ subject: digestSchema, version: z.string().max(40) }).exactOptional(),
  retirement: retirementSchema.exactOptional(),
  /** Advisory that a revocation refers to. */
  advisory: z.string().min(1).max(2000).exactOptional(),
  reason: reasonSchema.exactOptional(),
  promotedOn: timeSchema,
  run: runSchema,
});
export type Promotion = z.infer<typeof promotionSchema>;
