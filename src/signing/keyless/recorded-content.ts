import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { dsse } from "@sigstore/core";
import { keylessError } from "./errors.ts";

/** A signature that a log is to record. */
export interface RecordedContent {
  /** An envelope's payload (DSSE), or bare bytes. */
  readonly signed: { readonly payloadType: string; readonly payload: Uint8Array } | { readonly bytes: Uint8Array };
  readonly signature: Uint8Array;
  /** DER: a certificate or an SPKI that the signature is checked with, as the bundle has it. */
  readonly verifier: { readonly certificate: Uint8Array } | { readonly publicKey: Uint8Array };
}

interface Algorithm {
  /** PublicKeyDetails of protobuf-specs, sigstore_common.proto. */
  readonly keyDetails: string;
  readonly hash: "sha256" | "sha384";
}

const curves: Readonly<Record<string, Algorithm>> = {
  prime256v1: { keyDetails: "PKIX_ECDSA_P256_SHA_256", hash: "sha256" },
  secp384r1: { keyDetails: "PKIX_ECDSA_P384_SHA_384", hash: "sha384" },
};
const rsaBits: ReadonlySet<number | undefined> = new Set([2048, 3072, 4096]);

/**
 * How Sigstore's services expect a key to sign (sigstore, architecture-docs: "algorithm registry").
 * @throws SlipwayError REKOR_KEY_UNSUPPORTED
 */
export function algorithmOf({ verifier }: RecordedContent): Algorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKeyOf(verifier);
  const known = type === "ec" ? curves[details?.namedCurve ?? ""] : undefined;
  if (known !== undefined) return known;
  if (type === "rsa" && rsaBits.has(details?.modulusLength)) {
    return { keyDetails: `PKIX_RSA_PKCS1V15_${details?.modulusLength}_SHA256`, hash: "sha256" };
  }
  const found = [type, details?.namedCurve ?? details?.modulusLength].filter((part) => part !== undefined).join(" ");
  throw keylessError("REKOR_KEY_UNSUPPORTED", `the log has no name for signatures by a key of type ${found}`);
}

/** Hash of what was signed: of an envelope, its pre-authentication encoding. */
export function digestOf(content: RecordedContent): Buffer {
  const { signed } = content;
  const bytes =
    "bytes" in signed ? signed.bytes : dsse.preAuthEncoding(signed.payloadType, Buffer.from(signed.payload));
  return createHash(algorithmOf(content).hash).update(bytes).digest();
}

/** In PEM, as Rekor 1 has it. */
export function verifierPem({ verifier }: RecordedContent): string {
  if ("certificate" in verifier) return new X509Certificate(verifier.certificate).toString();
  return publicKeyOf(verifier).export({ type: "spki", format: "pem" }).toString();
}

/** The bytes of the verifier, whatever it is. */
export function verifierDer({ verifier }: RecordedContent): Buffer {
  return Buffer.from("certificate" in verifier ? verifier.certificate : verifier.publicKey);
}

function publicKeyOf(verifier: RecordedContent["verifier"]): KeyObject {
  if ("certificate" in verifier) return new X509Certificate(verifier.certificate).publicKey;
  return createPublicKey({ key: Buffer.from(verifier.publicKey), format: "der", type: "spki" });
}
