import { ociError } from "../errors.ts";
import { type Descriptor, parseIndex, parseManifest } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import type { ReadableStore } from "../store.ts";
import { LayoutStore } from "./layout-store.ts";

/**
 * Checks that a layout's index.json says what its manifests say, and still holds every tag that Slipway put there. The
 * index is not covered by any digest, so this is what notices damage in it. A damaged manifest stops the check,
 * because it might have been evidence against a release.
 *
 * What other tools add to a layout is not expected to be in Slipway's record and is checked only against itself.
 *
 * A store that is no layout has no such index.
 *
 * @throws SlipwayError STORE_CORRUPT
 */
export async function checkLayout(store: ReadableStore): Promise<void> {
  if (!(store instanceof LayoutStore)) return;
  const entries = await store.list();
  const tags = new Set<string>();
  for (const { descriptor, tag } of entries) {
    if (tag !== undefined && tags.has(tag)) {
      throw ociError("STORE_CORRUPT", `index.json of ${store.label} lists the tag ${tag} twice`);
    }
    if (tag !== undefined) tags.add(tag);
    const { digest, mediaType: type, artifactType } = descriptor;
    if (type !== mediaType.manifest && type !== mediaType.index) {
      throw ociError("STORE_CORRUPT", `index.json of ${store.label} lists ${digest} as ${type}`);
    }
    const types = typesOf(await store.fetch(descriptor, maxManifestBytes), descriptor);
    if (artifactType !== undefined && !types.includes(artifactType)) {
      const found = types[0] ?? "of no such type";
      throw ociError(
        "STORE_CORRUPT",
        `index.json of ${store.label} says that ${digest} is ${artifactType}; it is ${found}`,
      );
    }
  }
  const digests = new Map(entries.map(({ tag, descriptor }) => [tag, descriptor.digest]));
  for (const [tag, digest] of await store.announced()) {
    const found = digests.get(tag);
    if (found === digest) continue;
    throw ociError("STORE_CORRUPT", `${store.label} lost the tag ${tag}, which pointed at ${digest}`, {
      remedy: `Restore index.json from a copy, or run the step again that made ${tag}; if it was removed on purpose, remove its line from .slipway/announced.`,
    });
  }
}

/**
 * What an index may call a manifest: its artifact type, or the type of its config. The specification names the second
 * only for a manifest without the first, but go-containerregistry's registry says it of any, and oras copies that.
 */
function typesOf(bytes: Uint8Array, { mediaType: type, digest }: Descriptor): readonly string[] {
  if (type === mediaType.index) {
    const { artifactType } = parseIndex(bytes, digest);
    return artifactType === undefined ? [] : [artifactType];
  }
  const { artifactType, config } = parseManifest(bytes, digest);
  return artifactType === undefined ? [config.mediaType] : [artifactType, config.mediaType];
}
