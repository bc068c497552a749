import {
  annotation,
  type Descriptor,
  type Digest,
  emptyJson,
  maxManifestBytes,
  mediaType,
  parseManifest,
  type WritableStore,
} from "../oci/index.ts";
import { encodeBundleManifest } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { candidatesOf } from "./candidates.ts";
import { judgeSignature } from "./judge.ts";
import type { TrustedKey } from "./key.ts";

/** A bundle that is attached to a subject, and the tag that keeps it alive. */
export interface AttachedBundle {
  readonly digest: Digest;
  readonly tag: string;
}

/** Stores a bundle and attaches it to its subject: blobs first, then the manifest, then its tag. */
export async function attachBundle(
  store: WritableStore,
  attachment: {
    readonly subject: Descriptor;
    readonly bundle: Uint8Array;
    readonly predicateType: string;
    readonly tag: string;
    readonly created: Date;
  },
): Promise<AttachedBundle> {
  await store.push(mediaType.emptyJson, emptyJson.bytes);
  const bundle = await store.push(bundleMediaType, attachment.bundle);
  const manifest = encodeBundleManifest({ ...attachment, bundle });
  const { digest } = await store.announce(manifest, mediaType.manifest, attachment.tag);
  return { digest, tag: attachment.tag };
}

/**
 * The signature that a key has made of a subject before, if any. Its tag is given back when the store lost it.
 */
export async function findOwnSignature(
  store: WritableStore,
  subject: Digest,
  signer: TrustedKey,
): Promise<AttachedBundle | undefined> {
  for await (const candidate of candidatesOf(store, subject)) {
    if (!judgeSignature(candidate, subject, [signer]).accepted) continue;
    const bytes = await store.fetch(candidate.manifest, maxManifestBytes);
    const tag = parseManifest(bytes, candidate.manifest.digest).annotations?.[annotation.ownTag];
    if (tag === undefined) continue;
    await store.announce(bytes, mediaType.manifest, tag);
    return { digest: candidate.manifest.digest, tag };
  }
  return undefined;
}
