import { createHash, type KeyObject, sign } from "node:crypto";
import { json } from "@sigstore/core";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { spki } from "./certificate.ts";
import { newKey } from "./certificate-authority.ts";
import { inclusionPath, leafHash, treeHash } from "./merkle-tree.ts";

/** What is recorded of a signature. */
interface RecordedSignature {
  /** Hash of what was signed, SHA-256 unless the key is for another: the pre-authentication encoding of an envelope, or bare bytes. */
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  /** DER: SPKI or a certificate. */
  readonly verifier: { readonly publicKey: Uint8Array } | { readonly certificate: Uint8Array };
  /** Of protobuf-specs' PublicKeyDetails. */
  readonly keyDetails?: string;
}

export interface TransparencyLog {
  readonly url: string;
  /** SHA-256 of the log's key. */
  readonly keyId: Buffer;
  /** DER. */
  readonly publicKey: Buffer;
  readonly size: number;
  /**
   * An entry of kind hashedrekord 0.0.2: with a proof and a signed checkpoint, and without a time (rekor-tiles,
   * api/proto/rekor/v2).
   * @param key signs the checkpoint in place of the log's: a forgery
   */
  record(signature: RecordedSignature, key?: KeyObject): TransparencyLogEntry;
}

/** A log of Rekor v2's shape, which is empty. */
export function transparencyLog(url = "https://log.sigstore.test"): TransparencyLog {
  const own = newKey("P-256");
  const publicKey = spki(own.publicKey);
  const keyId = createHash("sha256").update(publicKey).digest();
  const origin = new URL(url).host;
  const leaves: Buffer[] = [];
  return {
    url,
    keyId,
    publicKey,
    get size() {
      return leaves.length;
    },
    record(signature, key = own.privateKey) {
      const body = bodyOf(signature);
      const index = leaves.push(leafHash(body)) - 1;
      const rootHash = treeHash(leaves);
      const note = `${origin}\n${leaves.length}\n${rootHash.toString("base64")}\n`;
      const signed = Buffer.concat([keyId.subarray(0, 4), sign("sha256", Buffer.from(note), key)]);
      return {
        logIndex: String(index),
        logId: { keyId },
        kindVersion: { kind: "hashedrekord", version: "0.0.2" },
        integratedTime: "0",
        inclusionPromise: undefined,
        inclusionProof: {
          logIndex: String(index),
          rootHash,
          treeSize: String(leaves.length),
          hashes: inclusionPath(leaves, index),
          checkpoint: { envelope: `${note}\n\u2014 ${origin} ${signed.toString("base64")}\n` },
        },
        canonicalizedBody: body,
      };
    },
  };
}

function bodyOf({ digest, signature, verifier, keyDetails = "PKIX_ECDSA_P256_SHA_256" }: RecordedSignature): Buffer {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const key =
    "publicKey" in verifier
      ? { publicKey: { rawBytes: base64(verifier.publicKey) } }
      : { x509Certificate: { rawBytes: base64(verifier.certificate) } };
  const entry = {
    apiVersion: "0.0.2",
    kind: "hashedrekord",
    spec: {
      hashedRekordV002: {
        data: { algorithm: keyDetails.endsWith("SHA_384") ? "SHA2_384" : "SHA2_256", digest: base64(digest) },
        signature: { content: base64(signature), verifier: { keyDetails, ...key } },
      },
    },
  };
  return Buffer.from(json.canonicalize(entry));
}
