import { createHash, createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import { dsse } from "@sigstore/core";
import * as z from "zod";
import { verifyDigest } from "./verify-digest.ts";

/*
 * What a client of Rekor v1 proposes, and what the log keeps of it: the kinds `hashedrekord` 0.0.1 and `dsse` 0.0.1 of
 * rekor 1.5's pkg/types, with one signature and its verifier.
 */

/** Says what is wrong with an entry. */
export class BadEntry extends Error {}

/** Refuses what Rekor refuses, and fields that it ignores. */
const base64 = z
  .string()
  .min(1)
  .refine((text) => Buffer.from(text, "base64").toString("base64") === text, "not canonical base64");

const hashedRekord = z.strictObject({
  apiVersion: z.literal("0.0.1"),
  kind: z.literal("hashedrekord"),
  spec: z.strictObject({
    data: z.strictObject({
      hash: z.strictObject({ algorithm: z.literal("sha256"), value: z.string().regex(/^[0-9a-f]{64}$/) }),
    }),
    signature: z.strictObject({ content: base64, publicKey: z.strictObject({ content: base64 }) }),
  }),
});

const dsseEntry = z.strictObject({
  apiVersion: z.literal("0.0.1"),
  kind: z.literal("dsse"),
  spec: z.strictObject({
    proposedContent: z.strictObject({ envelope: z.string(), verifiers: z.tuple([base64]) }),
    // Rekor's own client says that there are none yet.
    signatures: z.null().optional(),
  }),
});

const proposedEntry = z.discriminatedUnion("kind", [hashedRekord, dsseEntry]);

const envelope = z.strictObject({
  payload: base64,
  payloadType: z.string().min(1),
  signatures: z.tuple([z.strictObject({ sig: base64, keyid: z.string().optional() })]),
});

/**
 * Checks the signature of a proposed entry.
 *
 * @returns what the log keeps, in canonical JSON (RFC 8785)
 * @throws BadEntry
 */
export async function canonicalBody(proposed: unknown): Promise<string> {
  const entry = parsed(proposedEntry, proposed);
  return entry.kind === "dsse" ? dsseBody(entry) : hashedRekordBody(entry);
}

async function hashedRekordBody({ apiVersion, kind, spec }: z.infer<typeof hashedRekord>): Promise<string> {
  const { data, signature } = spec;
  const { key, pem } = verifierOf(signature.publicKey.content);
  const { algorithm, value } = data.hash;
  const content = Buffer.from(signature.content, "base64");
  if (!(await verifyDigest(key, algorithm, Buffer.from(value, "hex"), content)))
    throw new BadEntry("verifying signature: it is not of this digest by this key");
  // The order of names is the canonical one.
  const kept = {
    data: { hash: { algorithm, value } },
    signature: { content: signature.content, publicKey: { content: pem } },
  };
  return JSON.stringify({ apiVersion, kind, spec: kept });
}

function dsseBody({ apiVersion, kind, spec: { proposedContent } }: z.infer<typeof dsseEntry>): string {
  const { payload, payloadType, signatures } = parsed(envelope, json(proposedContent.envelope));
  const [{ sig }] = signatures;
  const { key, pem } = verifierOf(proposedContent.verifiers[0]);
  const content = Buffer.from(payload, "base64");
  if (!verify("sha256", dsse.preAuthEncoding(payloadType, content), key, Buffer.from(sig, "base64")))
    throw new BadEntry("could not verify envelope: the signature is not by this key");
  const kept = {
    envelopeHash: { algorithm: "sha256", value: sha256(proposedContent.envelope) },
    payloadHash: { algorithm: "sha256", value: sha256(content) },
    signatures: [{ signature: sig, verifier: pem }],
  };
  return JSON.stringify({ apiVersion, kind, spec: kept });
}

/** A P-256 or RSA key, or a certificate of one, and its PEM as Rekor writes it, both from base64 of PEM. */
function verifierOf(encoded: string): { readonly key: KeyObject; readonly pem: string } {
  const pem = Buffer.from(encoded, "base64").toString();
  const [, label] = /^-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\n[^-]+-----END \1-----\n?$/.exec(pem) ?? [];
  try {
    const certificate = label === "CERTIFICATE" ? new X509Certificate(pem) : undefined;
    const key = certificate?.publicKey ?? createPublicKey({ key: label === undefined ? "" : pem, format: "pem" });
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (key.asymmetricKeyType !== "rsa" && curve !== "prime256v1")
      throw new BadEntry("entry algorithms are not allowed");
    const canonical = certificate?.toString() ?? key.export({ type: "spki", format: "pem" }).toString();
    return { key, pem: Buffer.from(canonical).toString("base64") };
  } catch (error) {
    if (error instanceof BadEntry) throw error;
    throw new BadEntry("the verifier is neither one certificate nor one public key in PEM", { cause: error });
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new BadEntry(z.prettifyError(result.error));
  return result.data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadEntry("the envelope is not JSON", { cause: error });
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
