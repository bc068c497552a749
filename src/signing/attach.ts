import { bundleFromJSON } from "@sigstore/bundle";
import { X509Certificate } from "@sigstore/core";
import { SlipwayError } from "../errors/index.ts";
import { predicateType } from "../evidence/index.ts";
import {
  type Descriptor,
  type Digest,
  digestOf,
  emptyJson,
  layerTag,
  maxManifestBytes,
  mediaType,
  type WritableStore,
} from "../oci/index.ts";
import { encodeBundleManifest, signStatement } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { fetchBundle } from "./fetch-bundle.ts";
import { attachLayer, hasLayer } from "./legacy/attach-layer.ts";
import type { LegacyKind } from "./legacy/format.ts";
import { encodeSimpleSigning } from "./legacy/simple-signing.ts";
import {
  attestationLayer,
  type LegacyLayer,
  signatureLayer,
  signedPayload,
  withTimestamp,
} from "./legacy/write-layer.ts";
import { requireVerifiable } from "./require-verifiable.ts";
import type { StatementSigner } from "./signer.ts";

/** Evidence that is attached to a subject, and the tag that keeps it alive. */
export interface AttachedEvidence {
  readonly digest: Digest;
  readonly tag: string;
}

/** Which storages evidence is written to. */
export const evidenceFormats = ["both", "bundle", "legacy"] as const;
export type EvidenceFormat = (typeof evidenceFormats)[number];

interface Place {
  readonly subject: Descriptor;
  /** Evidence tag: names the run, and keeps the evidence from being collected. */
  readonly tag: string;
  readonly created: Date;
  readonly format: EvidenceFormat;
}

/**
 * Attaches a signed statement to its subject, in every storage that was chosen: verifiers that find bundles look at
 * nothing else, and some read nothing but the older storage. Blobs first, then manifests, then tags.
 *
 * @param attachment.bundle the signed statement, a sigstore bundle
 * @throws SlipwayError IMMUTABLE_CONFLICT, EVIDENCE_REPLACED; what the store throws
 */
export async function attachStatement(
  store: WritableStore,
  attachment: Place & {
    readonly bundle: Uint8Array;
    readonly predicateType: string;
    /** Who has just signed it; stamps the envelope for the older storage. */
    readonly signer?: Pick<StatementSigner, "stamp">;
  },
): Promise<AttachedEvidence> {
  const { format, bundle: bytes, predicateType: type, signer } = attachment;
  if (format === "bundle") return attachBundle(store, attachment);
  const layer = await layerStating(bytes, type, signer);
  const bundled = format === "both" ? await attachBundle(store, attachment) : undefined;
  return attachLegacy(store, attachment, { layer, kind: "attestation", bundled });
}

/**
 * Adds to the older storage a statement that an earlier attempt attached as a bundle, and was cut off; nothing when it is
 * there, or was not wanted there.
 *
 * @param attached.tag the evidence tag of the bundle
 * @throws SlipwayError EVIDENCE_REPLACED; what the store throws
 */
export async function completeStatement(
  store: WritableStore,
  attached: Pick<Place, "subject" | "tag" | "format"> & {
    readonly predicateType: string;
    readonly signer?: Pick<StatementSigner, "stamp">;
  },
): Promise<void> {
  const { subject, tag, format, predicateType: type, signer } = attached;
  const own = ownLayerTag(tag, "attestation");
  if (format === "bundle" || (await hasLayer(store, subject.digest, "attestation", own))) return;
  const bytes = await bundleAt(store, subject.digest, tag);
  // Attached by another tool, under whatever tag.
  if (bytes === undefined) return;
  const layer = await layerStating(bytes, type, signer);
  await attachLayer(store, subject.digest, "attestation", { layer, tag: own });
}

async function bundleAt(store: WritableStore, subject: Digest, tag: string): Promise<Uint8Array | undefined> {
  try {
    return await fetchBundle(store, subject, (await store.resolve({ tag })).digest);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/**
 * The layer that states what a bundle does, with a stamp over its own bytes: `cosign verify-attestation` wants it there,
 * where bundles have one over the signature. Only a certificate's attestation needs it, and only while the certificate is
 * valid would it prove anything.
 */
async function layerStating(
  bytes: Uint8Array,
  type: string,
  signer: Pick<StatementSigner, "stamp"> | undefined,
): Promise<LegacyLayer> {
  const bundle = bundleFromJSON(JSON.parse(new TextDecoder().decode(bytes)));
  const layer = attestationLayer(bundle, type);
  const { content } = bundle.verificationMaterial;
  if (signer?.stamp === undefined || content.$case !== "certificate") return layer;
  if (X509Certificate.parse(Buffer.from(content.certificate.rawBytes)).notAfter <= new Date()) return layer;
  return withTimestamp(layer, await signer.stamp(layer.bytes));
}

/**
 * Signs a subject and attaches the signature, in every storage that was chosen. The two storages sign different
 * payloads, so that each has a signature of its own; nothing is attached before everything was signed.
 *
 * @throws SlipwayError SIGNED_UNVERIFIABLE; as `attachStatement`; what the signer's services throw
 */
export async function attachSignature(
  store: WritableStore,
  {
    statement,
    signer,
    bundled: present,
    ...place
  }: Place & {
    /** The statement that `cosign sign` makes. */ readonly statement: Uint8Array;
    readonly signer: StatementSigner;
    /** The bundle of an earlier attempt, whose tag goes on, when only the older storage lacks the signature. */
    readonly bundled?: AttachedEvidence | undefined;
  },
): Promise<AttachedEvidence> {
  const { format, subject } = place;
  const attachBundled = async () => {
    const bundle = await signStatement(statement, signer);
    return attachBundle(store, { ...place, bundle, predicateType: predicateType.cosignSignature });
  };
  if (format === "bundle") return attachBundled();
  const repository = store.home === undefined ? "" : `${new URL(store.home.registry).host}/${store.home.repository}`;
  const payload = encodeSimpleSigning(subject.digest, repository);
  const made = await signer.sign({ form: "bytes", payload });
  requireVerifiable(signedPayload(payload, made), signer);
  const layer = signatureLayer(payload, made);
  const bundled = format === "both" ? await attachBundled() : present;
  return attachLegacy(store, place, { layer, kind: "signature", bundled });
}

async function attachLegacy(
  store: WritableStore,
  { subject, tag }: Place,
  {
    layer,
    kind,
    bundled,
  }: {
    readonly layer: LegacyLayer;
    readonly kind: "signature" | "attestation";
    readonly bundled: AttachedEvidence | undefined;
  },
): Promise<AttachedEvidence> {
  const piece = await attachLayer(store, subject.digest, kind, { layer, tag: ownLayerTag(tag, kind) });
  if (bundled !== undefined) return bundled;
  // The evidence's tag says which run wrote it, whatever it was stored as.
  const bytes = await store.fetch(piece, maxManifestBytes);
  const { digest } = await store.announce(bytes, mediaType.manifest, tag);
  return { digest, tag };
}

async function attachBundle(
  store: WritableStore,
  attachment: Place & { readonly bundle: Uint8Array; readonly predicateType: string },
): Promise<AttachedEvidence> {
  await store.push(mediaType.emptyJson, emptyJson.bytes);
  const bundle = await store.push(bundleMediaType, attachment.bundle);
  const manifest = encodeBundleManifest({ ...attachment, bundle });
  const { digest } = await store.announce(manifest, mediaType.manifest, attachment.tag);
  return { digest, tag: attachment.tag };
}

/**
 * The own tag of a layer, from that of the evidence that it holds. There may be no room for the run, and it need not be
 * said again: the evidence's tag names it.
 */
function ownLayerTag(evidenceTag: string, kind: LegacyKind): string {
  const [release = ""] = evidenceTag.split("_", 1);
  return layerTag(release, kind, digestOf(evidenceTag));
}
