import { type Bundle, bundleToJSON, toDSSEBundle } from "@sigstore/bundle";
import { evidenceType } from "../evidence/index.ts";
import { annotation, type Descriptor, emptyJson, encodeManifest, mediaType } from "../oci/index.ts";
import { bundleAnnotation, bundleMediaType } from "./bundle-types.ts";
import { readBundle } from "./read-bundle.ts";
import { requireVerifiable } from "./require-verifiable.ts";
import type { Signature, StatementSigner } from "./signer.ts";

/**
 * Signs a statement and packs it as a sigstore bundle v0.3: DSSE over `payload`, ECDSA P-256 with SHA-256. `keyid` stays
 * empty, since go-securesystemslib skips signatures with a key id that it does not know; a key is named by
 * `publicKey.hint` instead.
 *
 * @throws SlipwayError SIGNED_UNVERIFIABLE; what the signer's services throw
 */
export async function signStatement(payload: Uint8Array, signer: StatementSigner): Promise<Uint8Array> {
  const made = await signer.sign({ form: "dsse", payload, payloadType: evidenceType.payload });
  const bytes = encodeBundle(payload, made);
  requireVerifiable(readBundle(bytes), signer);
  return bytes;
}

/** Packs a statement and the signature that was made of it. */
export function encodeBundle(payload: Uint8Array, made: Signature): Uint8Array {
  const { signature } = made;
  const bare = toDSSEBundle({ artifact: Buffer.from(payload), artifactType: evidenceType.payload, signature });
  const bundle = bundleToJSON({ ...bare, verificationMaterial: materialOf(made) });
  return new TextEncoder().encode(JSON.stringify(bundle));
}

/** What a bundle offers as proof (sigstore protobuf-specs, VerificationMaterial). */
export function materialOf({ maker, logEntries, timestamps }: Signature): Bundle["verificationMaterial"] {
  return {
    content:
      maker.kind === "key"
        ? { $case: "publicKey", publicKey: { hint: maker.hint } }
        : { $case: "certificate", certificate: { rawBytes: maker.certificate } },
    tlogEntries: [...logEntries],
    timestampVerificationData: {
      rfc3161Timestamps: timestamps.map((signedTimestamp) => ({ signedTimestamp })),
    },
  };
}

/**
 * The manifest that attaches a bundle to its subject, as cosign 3 writes it
 * (cosign, specs/BUNDLE_SPEC.md; image-spec, manifest.md "subject").
 *
 * @param bundle descriptor of the bundle's blob
 * @param tag the evidence tag that keeps the manifest alive
 */
export function encodeBundleManifest(options: {
  readonly subject: Descriptor;
  readonly bundle: Descriptor;
  readonly predicateType: string;
  readonly tag: string;
  readonly created: Date;
}): Uint8Array {
  const { subject, bundle, predicateType, tag, created } = options;
  return encodeManifest({
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType: bundleMediaType,
    config: emptyJson.descriptor,
    layers: [{ mediaType: bundleMediaType, digest: bundle.digest, size: bundle.size }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: {
      [bundleAnnotation.content]: "dsse-envelope",
      [bundleAnnotation.predicateType]: predicateType,
      [annotation.ownTag]: tag,
      [annotation.created]: created.toISOString().replace(/\.\d{3}Z$/, "Z"),
    },
  });
}
