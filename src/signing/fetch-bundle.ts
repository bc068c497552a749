import { type Digest, maxManifestBytes, ociError, parseManifest, type ReadableStore } from "../oci/index.ts";

const maxBundleBytes = 16 * 1024 * 1024;

/**
 * The bytes of a bundle that is attached to a subject.
 * @param manifest digest of the manifest that attaches it
 * @throws SlipwayError NOT_FOUND, STORE_CORRUPT, MANIFEST_INVALID
 */
export async function fetchBundle(
  store: Pick<ReadableStore, "label" | "fetch" | "referrers">,
  subject: Digest,
  manifest: Digest,
): Promise<Uint8Array> {
  const descriptor = (await store.referrers(subject)).find(({ digest }) => digest === manifest);
  if (descriptor === undefined) throw ociError("NOT_FOUND", `${store.label} has no referrer ${manifest}`);
  const [layer] = parseManifest(await store.fetch(descriptor, maxManifestBytes), manifest).layers;
  if (layer === undefined) throw ociError("STORE_CORRUPT", `${manifest} in ${store.label} has no layer`);
  return store.fetch(layer, maxBundleBytes);
}
