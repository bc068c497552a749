import * as z from "zod";
import { parseStrictJson } from "../documents/index.ts";
import type { Digest } from "../oci/index.ts";
import { predicateType } from "./predicate-type.ts";

/** Types of the in-toto attestation framework and of cosign's signature statement. */
export const evidenceType = {
  /** DSSE payload type of every statement. */
  payload: "application/vnd.in-toto+json",
  /** in-toto attestation spec v1, spec/v1/statement.md. */
  statement: "https://in-toto.io/Statement/v1",
} as const;

const statementSchema = z.object({
  // cosign attests in version 0.1, which differs in nothing that is read here.
  _type: z.enum([evidenceType.statement, "https://in-toto.io/Statement/v0.1"]),
  subject: z
    .array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) }))
    .min(1)
    // sigstore-go refuses more.
    .max(1024),
  predicateType: z.string().min(1),
  predicate: z.record(z.string(), z.unknown()),
});

/** An in-toto statement: what is said (`predicate`) about which bytes (`subject`). */
export type Statement = z.infer<typeof statementSchema>;

/**
 * The payload of a statement: JSON without white space, members in the specification's order. Its SHA-256 is what names
 * the statement wherever another one refers to it.
 *
 * @param subject one, as all evidence has; several for the forms of one release (DESIGN 5.1)
 */
export function encodeStatement(
  subject: Digest | readonly Digest[],
  type: string,
  predicate: Readonly<Record<string, unknown>>,
): Uint8Array {
  const statement: Statement = {
    _type: evidenceType.statement,
    subject: [subject].flat().map((digest) => ({ digest: { sha256: digest.slice("sha256:".length) } })),
    predicateType: type,
    predicate: { ...predicate },
  };
  return new TextEncoder().encode(JSON.stringify(statement));
}

/** The payload that cosign 3 signs for `cosign sign`: no subject name, an empty predicate that must be there. */
export function encodeSignatureStatement(subject: Digest): Uint8Array {
  return encodeStatement(subject, predicateType.cosignSignature, {});
}

/** Parses a statement; undefined when the bytes are not one, or one that readers understand differently. */
export function parseStatement(payload: Uint8Array): Statement | undefined {
  const json = parseStrictJson(payload);
  return "problem" in json ? undefined : statementSchema.safeParse(json.value).data;
}

/** True when one of the statement's subjects is exactly this digest. */
export function isAbout(statement: Statement, subject: Digest): boolean {
  return statement.subject.some(({ digest }) => digest["sha256"] === subject.slice("sha256:".length));
}
