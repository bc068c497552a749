import { createHash, createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import * as z from "zod";
import { errorReply, type Handler, jsonReply } from "./serve.ts";
import type { TransparencyLog } from "./transparency-log.ts";

const rawBytes = z.strictObject({ rawBytes: z.base64() });
const requestSchema = z.strictObject({
  hashedRekordRequestV002: z.strictObject({
    digest: z.base64(),
    signature: z.strictObject({
      content: z.base64(),
      verifier: z.union([
        z.strictObject({ keyDetails: z.string(), publicKey: rawBytes }),
        z.strictObject({ keyDetails: z.string(), x509Certificate: rawBytes }),
      ]),
    }),
  }),
});

/**
 * Rekor 2's `POST /api/v2/log/entries` (rekor-tiles 2.3). It checks signatures as the real one does, for which it has to
 * know what was signed: from a hash alone, Node cannot.
 *
 * @param signed each thing whose signature may come
 */
export function rekorHandler(log: TransparencyLog, signed: readonly Uint8Array[]): Handler {
  const recorded = new Set<string>();
  return (asked) => {
    if (asked.method !== "POST" || asked.path !== "/api/v2/log/entries") return errorReply(404, 5, "Not Found");
    if (asked.headers["content-type"] !== "application/json") return errorReply(415, 3, "unsupported content type");
    const request = requestSchema.safeParse(JSON.parse(asked.body.toString()));
    if (!request.success) return errorReply(400, 3, "invalid type, must be hashedrekord");
    const { digest, signature } = request.data.hashedRekordRequestV002;
    const { keyDetails } = signature.verifier;
    const verifier =
      "publicKey" in signature.verifier
        ? { publicKey: bytesOf(signature.verifier.publicKey.rawBytes) }
        : { certificate: bytesOf(signature.verifier.x509Certificate.rawBytes) };
    const key =
      verifier.publicKey === undefined
        ? new X509Certificate(verifier.certificate).publicKey
        : createPublicKey({ key: verifier.publicKey, format: "der", type: "spki" });
    const hash = hashOf(keyDetails, key);
    const content = bytesOf(signature.content);
    const found = signed.find((bytes) => hash && createHash(hash).update(bytes).digest("base64") === digest);
    if (hash === undefined || found === undefined || !verify(hash, found, key, content)) {
      return errorReply(400, 3, "invalid hashedrekord request");
    }
    const name = asked.body.toString();
    if (recorded.has(name)) {
      const reply = errorReply(409, 6, "an equivalent entry already exists in the transparency log with index 0");
      return { ...reply, headers: { ...reply.headers, "x-log-index": "0" } };
    }
    recorded.add(name);
    const entry = log.record({ digest: bytesOf(digest), signature: content, verifier, keyDetails });
    return jsonReply(201, TransparencyLogEntry.toJSON(entry));
  };
}

/** @returns undefined for details that are not the key's */
function hashOf(keyDetails: string, key: KeyObject): "sha256" | "sha384" | undefined {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (keyDetails === "PKIX_ECDSA_P256_SHA_256") return namedCurve === "prime256v1" ? "sha256" : undefined;
  if (keyDetails === "PKIX_ECDSA_P384_SHA_384") return namedCurve === "secp384r1" ? "sha384" : undefined;
  return keyDetails === `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256` ? "sha256" : undefined;
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}
