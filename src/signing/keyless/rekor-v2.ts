import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import * as z from "zod";
import { keylessError } from "./errors.ts";
import { jsonIn, jsonOf } from "./json-answer.ts";
import { jsonRequest } from "./json-request.ts";
import { algorithmOf, digestOf, type RecordedContent, verifierDer } from "./recorded-content.ts";
import { refusalOf } from "./refusal.ts";
import type { SigningService } from "./service.ts";
import { below } from "./service-url.ts";

/** The entry has what was sent twice, in base64, with a proof of some 40 hashes and a checkpoint. */
const maxAnswerBytes = 256 * 1024;

const bytes = z.base64().transform((text) => Buffer.from(text, "base64"));
/** protobuf writes 64 bits as a text. */
const long = z.union([z.string().regex(/^\d{1,19}$/), z.number().int().min(0).transform(String)]);
const rawBytes = z.object({ rawBytes: bytes });

/** TransparencyLogEntry of protobuf-specs' sigstore_rekor.proto, as Rekor 2 fills it. */
const entrySchema = z.object({
  logIndex: long.default("0"),
  logId: z.object({ keyId: bytes }),
  kindVersion: z.object({ kind: z.literal("hashedrekord"), version: z.literal("0.0.2") }),
  inclusionProof: z.object({
    logIndex: long.default("0"),
    rootHash: bytes,
    treeSize: long,
    hashes: z.array(bytes).default([]),
    checkpoint: z.object({ envelope: z.string().min(1) }),
  }),
  canonicalizedBody: bytes,
});

/** What the log has hashed and keeps (rekor-tiles, hashedrekord.proto). */
const bodySchema = z.object({
  apiVersion: z.literal("0.0.2"),
  kind: z.literal("hashedrekord"),
  spec: z.object({
    hashedRekordV002: z.object({
      data: z.object({ digest: bytes }),
      signature: z.object({
        content: bytes,
        verifier: z.object({
          keyDetails: z.string(),
          publicKey: rawBytes.optional(),
          x509Certificate: rawBytes.optional(),
        }),
      }),
    }),
  }),
});

/** @throws SlipwayError as `recordSignature` */
export async function recordInRekor2(
  rekor: URL,
  content: RecordedContent,
  service: SigningService,
): Promise<TransparencyLogEntry> {
  const [digest, { keyDetails }] = [digestOf(content), algorithmOf(content)];
  const own = { rawBytes: verifierDer(content).toString("base64") };
  const verifier = "certificate" in content.verifier ? { x509Certificate: own } : { publicKey: own };
  const signature = {
    content: Buffer.from(content.signature).toString("base64"),
    verifier: { keyDetails, ...verifier },
  };
  const request = { hashedRekordRequestV002: { digest: digest.toString("base64"), signature } };
  const answer = await service.post(below(rekor, "/api/v2/log/entries"), jsonRequest("rekor", request), maxAnswerBytes);
  if (answer.status === 409) {
    throw keylessError("REKOR_DUPLICATE", `${rekor.host} has an entry for this signature already`);
  }
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf("REKOR_REFUSED", answer, rekor);
  const entry = jsonOf(answer, entrySchema, rekor);
  if (!isAbout(entry.canonicalizedBody, content, digest, keyDetails)) {
    throw keylessError("SERVICE_CONFUSED", `${rekor.host} sent an entry about something else than this signature`);
  }
  return { ...entry, integratedTime: "0", inclusionPromise: undefined };
}

function isAbout(body: Buffer, content: RecordedContent, digest: Buffer, keyDetails: string): boolean {
  const parsed = bodySchema.safeParse(jsonIn(body));
  if (!parsed.success) return false;
  const { data, signature } = parsed.data.spec.hashedRekordV002;
  const { publicKey, x509Certificate, keyDetails: details } = signature.verifier;
  const [verifier, other] =
    "certificate" in content.verifier ? [x509Certificate, publicKey] : [publicKey, x509Certificate];
  return (
    data.digest.equals(digest) &&
    signature.content.equals(content.signature) &&
    details === keyDetails &&
    other === undefined &&
    verifier?.rawBytes.equals(verifierDer(content)) === true
  );
}
