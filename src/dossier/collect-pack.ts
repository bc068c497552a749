import { type FetchedRelease, fetchMetadata } from "../formats/index.ts";
import {
  type Descriptor,
  type Digest,
  digestOf,
  maxManifestBytes,
  parseManifest,
  type ReadableStore,
} from "../oci/index.ts";
import { isBundleType } from "../signing/index.ts";

/** Largest pack of one release (DESIGN 5.5). */
const maxPackBytes = 256 * 1024;
/** A larger statement, such as an SBOM, stays in the store and is known by the digest in its manifest. */
const maxStatementBytes = 64 * 1024;

/**
 * Collects what has to outlive the store: the release's manifest, config and metadata, and each bundle attached to it
 * with its manifest. What does not fit is left out, largest first, and counted.
 *
 * @param policy bytes of the policy that decides; kept with the evidence
 */
export async function collectPack(
  store: ReadableStore,
  { subject, form }: FetchedRelease,
  policy: Uint8Array,
): Promise<{ readonly contents: ReadonlyMap<Digest, Uint8Array>; readonly leftOut: number }> {
  const contents = new Map<Digest, Uint8Array>();
  const keep = (bytes: Uint8Array) => contents.set(digestOf(bytes), bytes);
  keep(await store.fetch(subject, maxManifestBytes));
  keep(await store.fetch(form.config, maxManifestBytes));
  keep(await fetchMetadata(store, form));
  keep(policy);
  const attached: { readonly manifest: Uint8Array; readonly bundle: Uint8Array }[] = [];
  let leftOut = 0;
  for (const descriptor of await store.referrers(subject.digest)) {
    const manifest = await store.fetch(descriptor, maxManifestBytes);
    const bundle = bundleOf(manifest, descriptor);
    if (bundle === undefined) continue;
    if (bundle.size > maxStatementBytes) leftOut += 1;
    else attached.push({ manifest, bundle: await store.fetch(bundle, maxStatementBytes) });
  }
  let size = [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  for (const { manifest, bundle } of attached.toSorted((a, b) => a.bundle.length - b.bundle.length)) {
    size += manifest.length + bundle.length;
    if (size > maxPackBytes) {
      leftOut += 1;
      continue;
    }
    keep(manifest);
    keep(bundle);
  }
  return { contents, leftOut };
}

function bundleOf(manifest: Uint8Array, { mediaType, digest }: Descriptor): Descriptor | undefined {
  if (!mediaType.includes("image.manifest")) return undefined;
  const [layer] = parseManifest(manifest, digest).layers;
  return isBundleType(layer?.mediaType) ? layer : undefined;
}
