import * as z from "zod";
import { publishedSchema } from "../documents/index.ts";

/** Names the form of the document, and its version. */
export const verifyReportType = "urn:slipway:verify-report:v1";

const text = z.string().max(10_000);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const time = z.iso.datetime({ offset: false });
const count = z.int().nonnegative();

const signer = z
  .strictObject({
    kind: z.enum(["key", "identity"]).describe("What was signed with."),
    id: text.describe("SHA-256 of the public key, or what identifies the identity."),
    name: text.describe("Name in the policy."),
    roles: z.array(text).describe("Roles that it has in the policy."),
    issuer: text.describe("Who vouches for the identity.").exactOptional(),
    subject: text.describe("Whom the certificate names.").exactOptional(),
  })
  .describe("Who signed.");

const signedAt = z
  .strictObject({
    at: time.describe("When it was signed."),
    proven: z.boolean().describe("True when a log or a timestamp authority says so, and not the signer alone."),
    by: text.describe("Who says so."),
  })
  .describe("When it was signed.");

const candidate = z.strictObject({
  holder: digest.describe("Manifest that the signature lies in."),
  storage: z
    .enum(["bundle", "legacy"])
    .describe("How it is stored: as a bundle that refers to the subject, or by tag."),
  predicateType: text.nullable().describe("What kind of statement it is; null when it could not be read."),
  statement: digest.nullable().describe("SHA-256 of the statement's bytes."),
  accepted: z.boolean().describe("True when it is by somebody who is trusted, and about this release."),
  code: text.nullable().describe("Code of the reason why not."),
  why: text.nullable().describe("Why not, in words."),
  signer: signer.nullable(),
  time: signedAt.nullable(),
  checks: z.array(z.strictObject({ name: text, ok: z.boolean(), finding: text })).describe("What was looked at."),
});

/** What `slipway verify --report` writes: the verdict on a release, and what it rests on. */
export const verifyReportSchema = z.strictObject({
  schema: z.literal(verifyReportType),
  verified: z.boolean().describe("True when nothing speaks against the purpose."),
  at: time.describe("When it was judged, by the clock of the machine."),
  purpose: z.enum(["promote", "deploy", "rollback", "serve", "audit"]).nullable().describe("What it was judged for."),
  environment: text.nullable().describe("Where it was to be used."),
  release: z.strictObject({
    name: text,
    version: text,
    variant: text,
    subject: digest,
    reference: text.describe("Where it was read, with its digest."),
  }),
  state: z
    .enum(["experimental", "staging", "production", "retired", "archived", "revoked"])
    .nullable()
    .describe("Lifecycle state; null without a policy."),
  policy: z.strictObject({ file: text, digest }).nullable().describe("The policy that it was judged by."),
  refusal: z
    .strictObject({ code: text, message: text, remedy: text })
    .nullable()
    .describe("Why the answer is no; null when it is yes."),
  signature: z.strictObject({
    accepted: z.boolean().describe("True when a signature counts."),
    signer: signer.nullable(),
  }),
  candidates: z.array(candidate).describe("Everything that was signed and is attached."),
  rules: z
    .array(z.strictObject({ rule: text, ok: z.boolean(), warning: z.boolean(), finding: text }))
    .describe("What was judged for the purpose."),
  content: z.strictObject({ files: count, bytes: count }).describe("What the release holds."),
});
export type VerifyReport = z.infer<typeof verifyReportSchema>;

/** JSON Schema (2020-12) of the document. */
export function verifyReportJsonSchema(): Record<string, unknown> {
  return publishedSchema("urn:slipway:schema:verify-report:v1", "slipway verify --report", verifyReportSchema);
}
