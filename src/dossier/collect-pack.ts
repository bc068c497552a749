import { SlipwayError } from "../errors/index.ts";
import { type FetchedRelease, fetchMetadata } from "../formats/index.ts";
import {
  type Descriptor,
  type Digest,
  digestOf,
  maxManifestBytes,
  mediaType,
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
 * with its manifest and config. What does not fit is left out, largest first, and counted.
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
  let size = [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  let leftOut = 0;
  const attached = await attachedTo(store, subject.digest);
  for (const { manifest, config, bundle } of attached.toSorted((a, b) => a.bundle.size - b.bundle.size)) {
    const more = manifest.length + config.size + bundle.size;
    if (bundle.size > maxStatementBytes || size + more > maxPackBytes) {
      leftOut += 1;
      continue;
    }
    const pieces = await readable(async () => [
      manifest,
      await store.fetch(config, maxPackBytes),
      await store.fetch(bundle, maxStatementBytes),
    ]);
    if (pieces === undefined) leftOut += 1;
    else {
      size += more;
      pieces.forEach(keep);
    }
  }
  return { contents, leftOut };
}

/** A bundle that is attached to a release, with what a store is asked for when it is read. */
interface Attached {
  readonly manifest: Uint8Array;
  readonly config: Descriptor;
  readonly bundle: Descriptor;
}

async function attachedTo(store: ReadableStore, subject: Digest): Promise<readonly Attached[]> {
  const attached: Attached[] = [];
  for (const descriptor of await store.referrers(subject)) {
    if (descriptor.mediaType !== mediaType.manifest) continue;
    const manifest = await store.fetch(descriptor, maxManifestBytes);
    const { config, layers } = parseManifest(manifest, descriptor.digest);
    const [bundle] = layers;
    if (bundle !== undefined && isBundleType(bundle.mediaType)) attached.push({ manifest, config, bundle });
  }
  return attached;
}

/** Undefined for what is damaged: nobody would believe it, so that it is no loss to a pack. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SlipwayError && error.family !== "temporary") return undefined;
    throw error;
  }
}
