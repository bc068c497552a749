import * as z from "zod";
import type { Digest } from "../../oci/index.ts";

/** A digest as in-toto writes it: `{"sha256": "<hex>"}` (in-toto attestation spec v1, field_types/DigestSet). */
export const digestSetSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type DigestSet = z.infer<typeof digestSetSchema>;

/** `sha256:<hex>`, Slipway's own way to write a digest inside its own predicates. */
export const digestSchema = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)]);

/** RFC 3339 in UTC. Asserted by whoever signed, unless something else proves it. */
export const timeSchema = z.iso.datetime({ offset: false });

/** One line that people read; longer texts belong into the file that a `uri` names. */
export const reasonSchema = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}]*$/u);

/** The CI run that made a statement. */
export const runSchema = z.strictObject({
  id: z.string().min(1).max(200),
  attempt: z.int().positive(),
  url: z.string().max(2000).exactOptional(),
});
export type Run = z.infer<typeof runSchema>;

/** A run as statements name it: a member that is not known is left out. */
export function statedRun({ id, attempt, url }: { id: string; attempt: number; url: string | undefined }): Run {
  return { id, attempt, ...(url === undefined ? {} : { url }) };
}

/** Lifecycle states (DESIGN 5.5). */
export const states = ["experimental", "staging", "production", "retired", "archived", "revoked"] as const;
export type State = (typeof states)[number];
export const stateSchema = z.enum(states);

export const releaseSchema = z.strictObject({
  name: z.string().min(1).max(200),
  version: z.string().min(1).max(40),
  variant: z.string().min(1).max(32),
});

export function toDigestSet(digest: Digest): DigestSet {
  return { sha256: digest.slice("sha256:".length) };
}

export function fromDigestSet({ sha256 }: DigestSet): Digest {
  return `sha256:${sha256}`;
}
