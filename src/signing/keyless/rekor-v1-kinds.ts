import { createHash } from "node:crypto";
import * as z from "zod";
import { envelopeText } from "../envelope-text.ts";
import { jsonIn } from "./json-answer.ts";
import { algorithmOf, digestOf, type RecordedContent, verifierDer, verifierPem } from "./recorded-content.ts";

const hash = z.object({ algorithm: z.string(), value: z.string() });

/** Canonical bodies of Rekor 1 (rekor, pkg/types/dsse/v0.0.1 and pkg/types/hashedrekord/v0.0.1). */
const dsseSchema = z.object({
  apiVersion: z.literal("0.0.1"),
  kind: z.literal("dsse"),
  spec: z.object({
    payloadHash: hash,
    signatures: z.tuple([z.object({ signature: z.string(), verifier: z.string() })]),
  }),
});
const hashedrekordSchema = z.object({
  apiVersion: z.literal("0.0.1"),
  kind: z.literal("hashedrekord"),
  spec: z.object({
    data: z.object({ hash }),
    signature: z.object({ content: z.string(), publicKey: z.object({ content: z.string() }) }),
  }),
});

export function kindVersionOf({ signed }: RecordedContent): { readonly kind: string; readonly version: string } {
  return { kind: "bytes" in signed ? "hashedrekord" : "dsse", version: "0.0.1" };
}

/** What the log is asked to record. */
export function proposalOf(content: RecordedContent): object {
  const { signed, signature } = content;
  const { kind, version: apiVersion } = kindVersionOf(content);
  const [sig, verifier] = [base64(signature), base64(Buffer.from(verifierPem(content)))];
  if ("bytes" in signed) {
    const data = { hash: { algorithm: algorithmOf(content).hash, value: digestOf(content).toString("hex") } };
    return { apiVersion, kind, spec: { data, signature: { content: sig, publicKey: { content: verifier } } } };
  }
  const envelope = envelopeText({ ...signed, signature });
  return { apiVersion, kind, spec: { proposedContent: { envelope, verifiers: [verifier] } } };
}

/** Whether an entry is about this signature: by the same key or certificate, over the same content. */
export function isAbout(body: Buffer, content: RecordedContent): boolean {
  const { signed, signature } = content;
  const found = jsonIn(body);
  if ("bytes" in signed) {
    const parsed = hashedrekordSchema.safeParse(found);
    if (!parsed.success) return false;
    const { data, signature: recorded } = parsed.data.spec;
    return (
      data.hash.algorithm === algorithmOf(content).hash &&
      data.hash.value === digestOf(content).toString("hex") &&
      recorded.content === base64(signature) &&
      isVerifier(recorded.publicKey.content, content)
    );
  }
  const parsed = dsseSchema.safeParse(found);
  if (!parsed.success) return false;
  const { payloadHash, signatures } = parsed.data.spec;
  return (
    payloadHash.algorithm === "sha256" &&
    payloadHash.value === createHash("sha256").update(signed.payload).digest("hex") &&
    signatures[0].signature === base64(signature) &&
    isVerifier(signatures[0].verifier, content)
  );
}

/** @param pem in base64; the log writes the PEM in its own way */
function isVerifier(pem: string, content: RecordedContent): boolean {
  const body = /^-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]*)-----END [A-Z ]+-----\s*$/.exec(
    Buffer.from(pem, "base64").toString("latin1"),
  )?.[1];
  return body !== undefined && Buffer.from(body, "base64").equals(verifierDer(content));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
