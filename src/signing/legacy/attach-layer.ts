import { SlipwayError } from "../../errors/index.ts";
import {
  annotation,
  type Descriptor,
  type Digest,
  encodeLegacy,
  imageConfig,
  layerFamily,
  type Manifest,
  maxManifestBytes,
  mediaType,
  parseManifest,
  planLegacy,
  type WritableStore,
} from "../../oci/index.ts";
import { signingError } from "../errors.ts";
import { type LegacyKind, legacyTag } from "./format.ts";
import type { LegacyLayer } from "./write-layer.ts";

const mostMerges = 50;

/**
 * Adds a layer to the `.sig` or `.att` tag of a subject. The layer also gets a manifest and a tag of its own, first: no
 * store has a compare-and-set for tags, so writers may undo each other's, and each one, after its own write, adds what
 * the release's own tags name and the shared tag lacks. The last writer sees the tags of all before it, so that none is
 * lost; and what was lost to another tool comes back with the next signer.
 *
 * @param tag the layer's own tag
 * @returns the layer's own manifest
 * @throws SlipwayError EVIDENCE_REPLACED, IMMUTABLE_CONFLICT; what the store throws
 */
export async function attachLayer(
  store: WritableStore,
  subject: Digest,
  kind: LegacyKind,
  { layer, tag }: { readonly layer: LegacyLayer; readonly tag: string },
): Promise<Descriptor> {
  const blob = await store.push(layer.mediaType, layer.bytes);
  const annotations = { ...layer.annotations, [annotation.ownTag]: tag };
  const own: Descriptor = { mediaType: layer.mediaType, digest: blob.digest, size: blob.size, annotations };
  const piece = encodeLegacy([own], { [annotation.ownTag]: tag, [ofSubject]: subject });
  await store.push(imageConfig, piece.config);
  const announced = await store.announce(piece.manifest, mediaType.manifest, tag);
  await join(store, subject, kind, { own, tag });
  return announced;
}

/** In a layer's own manifest: whose `.sig` or `.att` it belongs to. A hint; what counts is what was signed. */
const ofSubject = "io.slipway.subject";

async function join(
  store: WritableStore,
  subject: Digest,
  kind: LegacyKind,
  { own, tag }: { readonly own: Descriptor; readonly tag: string },
): Promise<void> {
  const shared = legacyTag(subject, kind);
  const wanted = new Map<string, readonly Descriptor[]>([[tag, [own]]]);
  for (let merges = 0; merges < mostMerges; merges += 1) {
    const present = await manifestAt(store, shared);
    await findOthers(store, { subject, kind, tag }, present, wanted);
    const ours: Manifest = legacyManifest([...wanted.values()].flat());
    const plan = planLegacy(shared, ours, present);
    if (plan.kind === "keep") return;
    const whole = plan.kind === "merge" ? plan : encodeLegacy(ours.layers, undefined);
    await store.push(imageConfig, whole.config);
    await store.hint(shared, await store.pushManifest(whole.manifest, mediaType.manifest));
  }
  throw signingError("EVIDENCE_REPLACED", `${store.label}:${shared} was replaced ${mostMerges} times`);
}

/** Adds the layers that the release's own tags name and the shared tag does not have. */
async function findOthers(
  store: WritableStore,
  { subject, kind, tag }: { readonly subject: Digest; readonly kind: LegacyKind; readonly tag: string },
  present: Manifest | undefined,
  wanted: Map<string, readonly Descriptor[]>,
): Promise<void> {
  const known = new Set(present?.layers.map(({ annotations }) => annotations?.[annotation.ownTag]));
  const [release = ""] = tag.split("_", 1);
  const family = layerFamily(release, kind);
  for (const other of await store.tags()) {
    if (!other.startsWith(family) || known.has(other) || wanted.has(other)) continue;
    const manifest = await manifestAt(store, other);
    wanted.set(other, manifest?.annotations?.[ofSubject] === subject ? manifest.layers : []);
  }
}

function legacyManifest(layers: readonly Descriptor[]): Manifest {
  return parseManifest(encodeLegacy(layers, undefined).manifest, "the layers");
}

async function manifestAt(store: WritableStore, tag: string): Promise<Manifest | undefined> {
  try {
    const descriptor = await store.resolve({ tag });
    if (descriptor.mediaType !== mediaType.manifest) return undefined;
    return parseManifest(await store.fetch(descriptor, maxManifestBytes), tag);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
