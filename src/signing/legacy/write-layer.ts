import { createHash, X509Certificate } from "node:crypto";
import { type Bundle, toMessageSignatureBundle } from "@sigstore/bundle";
import { materialOf } from "../bundle.ts";
import { envelopeText } from "../envelope-text.ts";
import type { SignedContent } from "../signed-content.ts";
import type { Signature } from "../signer.ts";
import { legacyAnnotation, legacyType } from "./format.ts";
import { writeLogEntry } from "./log-entry.ts";

/** A layer of a `.sig` or `.att` manifest that is to be stored. */
export interface LegacyLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A signature over a simple-signing payload as cosign stores it (cosign, specs/SIGNATURE_SPEC.md). */
export function signatureLayer(payload: Uint8Array, made: Signature): LegacyLayer {
  const chain = made.maker.kind === "certificate" ? made.maker.chain : [];
  return {
    mediaType: legacyType.signature,
    bytes: payload,
    annotations: {
      [legacyAnnotation.signature]: made.signature.toString("base64"),
      ...proofOf(materialOf(made)),
      ...(chain.length === 0 ? {} : { [legacyAnnotation.chain]: chain.map(pemOf).join("") }),
    },
  };
}

/** A signature over a simple-signing payload with all its proof, also what this storage cannot hold. */
export function signedPayload(payload: Uint8Array, made: Signature): SignedContent {
  const digest = createHash("sha256").update(payload).digest();
  const bundle = {
    ...toMessageSignatureBundle({ digest, signature: made.signature }),
    verificationMaterial: materialOf(made),
  };
  return { storage: "legacy", states: "simple-signing", payload, bundle };
}

/** The envelope of a bundle as cosign stores attestations (cosign, specs/ATTESTATION_SPEC.md). */
export function attestationLayer({ content, verificationMaterial }: Bundle, predicateType: string): LegacyLayer {
  if (content.$case !== "dsseEnvelope") throw new TypeError("a bundle without a statement is no attestation");
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const [made] = signatures;
  if (made === undefined) throw new TypeError("an envelope without a signature is no attestation");
  return {
    mediaType: legacyType.attestation,
    bytes: new TextEncoder().encode(envelopeText({ payloadType, payload, signature: made.sig })),
    annotations: {
      [legacyAnnotation.signature]: "",
      [legacyAnnotation.predicateType]: predicateType,
      ...proofOf(verificationMaterial),
    },
  };
}

/** What of a bundle's proof this storage can hold: no inclusion proofs, hence no entry of Rekor v2. */
function proofOf({ content, tlogEntries, timestampVerificationData }: Bundle["verificationMaterial"]) {
  const proof: Record<string, string> = {};
  if (content.$case === "certificate") {
    proof[legacyAnnotation.certificate] = pemOf(Buffer.from(content.certificate.rawBytes));
  }
  const entry = tlogEntries.map(writeLogEntry).find((text) => text !== undefined);
  if (entry !== undefined) proof[legacyAnnotation.logEntry] = entry;
  const stamp = timestampVerificationData?.rfc3161Timestamps[0]?.signedTimestamp;
  if (stamp !== undefined) proof[legacyAnnotation.timestamp] = timestampText(stamp);
  return proof;
}

/** A layer with another timestamp. */
export function withTimestamp(layer: LegacyLayer, stamp: Uint8Array): LegacyLayer {
  return { ...layer, annotations: { ...layer.annotations, [legacyAnnotation.timestamp]: timestampText(stamp) } };
}

function timestampText(stamp: Uint8Array): string {
  return JSON.stringify({ SignedRFC3161Timestamp: Buffer.from(stamp).toString("base64") });
}

function pemOf(der: Buffer): string {
  return new X509Certificate(der).toString();
}
