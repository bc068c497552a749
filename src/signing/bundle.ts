import { sign } from "node:crypto";
import { type BundleLatest, bundleToJSON, toDSSEBundle } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { evidenceType } from "../evidence/index.ts";
import { annotation, type Descriptor, emptyJson, encodeManifest, mediaType } from "../oci/index.ts";
import { bundleAnnotation, bundleMediaType } from "./bundle-types.ts";
import type { SigningKey } from "./key.ts";

/**
 * Signs a statement with a key and packs it as a sigstore bundle v0.3: DSSE over `payload`, ECDSA P-256 with
 * SHA-256. `keyid` stays empty, since go-securesystemslib skips signatures with a key id that it does not know; the
 * key is named by `publicKey.hint` instead.
 */
export function signStatement(payload: Uint8Array, { key, trusted }: SigningKey): Uint8Array {
  const artifact = Buffer.from(payload);
  const signature = sign("sha256", dsse.preAuthEncoding(evidenceType.payload, artifact), key);
  const bundle = toDSSEBundle({ artifact, artifactType: evidenceType.payload, signature });
  return new TextEncoder().encode(JSON.stringify(bundleToJSON(withHint(bundle, trusted.hint))));
}

function withHint(bundle: ReturnType<typeof toDSSEBundle>, hint: string): BundleLatest | typeof bundle {
  return {
    ...bundle,
    verificationMaterial: { ...bundle.verificationMaterial, content: { $case: "publicKey", publicKey: { hint } } },
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
