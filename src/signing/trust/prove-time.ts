import type { KeyObject } from "node:crypto";
import type { TransparencyLogEntry } from "@sigstore/bundle";
import { RFC3161Timestamp } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { SignedContent } from "../signed-content.ts";
import { entitiesOf } from "./entity.ts";

/** A time before which a signature was made, and who vouches for it. */
export interface ProvenTime {
  readonly at: Date;
  readonly by: "timestamp authority" | "transparency log";
}

/**
 * The earliest time at which somebody of the trusted root saw the signature of a key: a timestamp authority (RFC 3161),
 * or a log whose promise gives a time (Rekor v1). Proof of an authority that is not trusted proves nothing and
 * hides nothing.
 */
export function proveTime(
  content: SignedContent,
  key: KeyObject,
  root: TrustedRoot | undefined,
): ProvenTime | undefined {
  if (root === undefined) return undefined;
  const material = toTrustMaterial(root, () => ({ publicKey: key, validFor: () => true }));
  const { timestampVerificationData } = content.bundle.verificationMaterial;
  const stamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  const logged: readonly TransparencyLogEntry[] = content.bundle.verificationMaterial.tlogEntries;
  const offered: (ProvenTime | undefined)[] = [
    ...stamps.map((stamp): ProvenTime | undefined => {
      const proof = { timestampVerificationData: { rfc3161Timestamps: [stamp] } };
      if (!holds(content, proof, material, 0)) return undefined;
      return { at: RFC3161Timestamp.parse(Buffer.from(stamp.signedTimestamp)).signingTime, by: "timestamp authority" };
    }),
    ...logged.map((entry): ProvenTime | undefined => {
      if (!holds(content, { tlogEntries: [entry] }, material, 1)) return undefined;
      return { at: new Date(Number(entry.integratedTime) * 1000), by: "transparency log" };
    }),
  ];
  return earliest(offered.flatMap((time) => time ?? []));
}

/** The earliest of some proven times. */
export function earliest(times: readonly ProvenTime[]): ProvenTime | undefined {
  return times.reduce<ProvenTime | undefined>(
    (first, time) => (first && first.at <= time.at ? first : time),
    undefined,
  );
}

function holds(
  content: SignedContent,
  proof: {
    readonly tlogEntries?: TransparencyLogEntry[];
    readonly timestampVerificationData?: SignedContent["bundle"]["verificationMaterial"]["timestampVerificationData"];
  },
  material: TrustMaterial,
  tlogThreshold: number,
): boolean {
  const { bundle } = content;
  const bare = { content: bundle.verificationMaterial.content, tlogEntries: [], timestampVerificationData: undefined };
  const verificationMaterial = { ...bare, ...proof };
  try {
    const verifier = new Verifier(material, { tlogThreshold, ctlogThreshold: 0, timestampThreshold: 1 });
    return entitiesOf({ ...content, bundle: { ...bundle, verificationMaterial } }).some((entity) => {
      try {
        verifier.verify(entity);
        return true;
      } catch {
        return false;
      }
    });
  } catch {
    // What the library's parsers choke on.
    return false;
  }
}
