import { type Digest, hexOf } from "../../oci/index.ts";

/** Media types of cosign's older storage (cosign, specs/SIGNATURE_SPEC.md and ATTESTATION_SPEC.md). */
export const legacyType = {
  signature: "application/vnd.dev.cosign.simplesigning.v1+json",
  attestation: "application/vnd.dsse.envelope.v1+json",
} as const;

/** Annotations of a layer. */
export const legacyAnnotation = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  chain: "dev.sigstore.cosign/chain",
  logEntry: "dev.sigstore.cosign/bundle",
  timestamp: "dev.sigstore.cosign/rfc3161timestamp",
  predicateType: "predicateType",
} as const;

/** What is kept under a tag of its own. */
export const legacyKinds = ["signature", "attestation"] as const;
export type LegacyKind = (typeof legacyKinds)[number];

/** The tag that all signatures, or all attestations, of a subject share. It moves: every signer adds to it. */
export function legacyTag(subject: Digest, kind: LegacyKind): string {
  return `sha256-${hexOf(subject)}.${kind === "signature" ? "sig" : "att"}`;
}

/** The payload type that cosign writes into a simple-signing payload. */
export const simpleSigningType = "cosign container image signature";

/** What a layer of a media type is; undefined for one that cosign's older storage does not have. */
export function legacyKindOf(mediaType: string): LegacyKind | undefined {
  return legacyKinds.find((kind) => legacyType[kind] === mediaType);
}
