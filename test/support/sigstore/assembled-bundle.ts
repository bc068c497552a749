import type { KeyObject } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { TransparencyLogEntry, TrustedRoot } from "@sigstore/protobuf-specs";
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

/** The parts of a bundle over one envelope. */
export interface BundleParts {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signature: Buffer;
  /** DER; undefined where a key signs. */
  readonly certificate?: Buffer;
  /** TimeStampResp in DER. */
  readonly stamp?: Buffer;
  readonly entry?: TransparencyLogEntry;
}

/** What is signed of an envelope. */
export function signedBytes({ payload, payloadType }: Pick<BundleParts, "payload" | "payloadType">): Buffer {
  return dsse.preAuthEncoding(payloadType, payload);
}

/** A bundle v0.3 with an envelope, as JSON. */
export function assembledBundle({ payload, payloadType, signature, certificate, stamp, entry }: BundleParts): object {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      ...(certificate
        ? { certificate: { rawBytes: certificate.toString("base64") } }
        : { publicKey: { hint: "a key" } }),
      tlogEntries: entry === undefined ? [] : [TransparencyLogEntry.toJSON(entry)],
      timestampVerificationData: {
        rfc3161Timestamps: stamp === undefined ? [] : [{ signedTimestamp: stamp.toString("base64") }],
      },
    },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType,
      signatures: [{ sig: signature.toString("base64"), keyid: "" }],
    },
  };
}

/**
 * Has sigstore's own verifier judge a bundle, which needs one proven time.
 *
 * @param root JSON of a trusted root
 * @param log how many entries of logs it needs
 * @param key of bundles without a certificate
 * @throws VerificationError
 */
export function verifyBundle(bundle: object, root: object, log: number, key?: KeyObject): Signer {
  const material = toTrustMaterial(TrustedRoot.fromJSON(root), () => {
    if (key === undefined) throw new Error("no key is trusted");
    return { publicKey: key, validFor: () => true };
  });
  const thresholds = { ctlogThreshold: 0, tlogThreshold: log, timestampThreshold: 1 };
  return new Verifier(material, thresholds).verify(toSignedEntity(bundleFromJSON(bundle)));
}
