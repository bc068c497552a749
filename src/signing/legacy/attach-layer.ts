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
  // One that was cut off has left its own manifest; it is what the others are told of.
  const piece = (await pieceAt(store, subject, tag)) ?? (await announcePiece(store, subject, { layer, tag }));
  await join(store, subject, kind, { own: piece.layers, tag });
  return piece.descriptor;
}

/** A layer's own manifest. */
interface Piece {
  readonly descriptor: Descriptor;
  readonly layers: readonly Descriptor[];
}

async function announcePiece(
  store: WritableStore,
  subject: Digest,
  { layer, tag }: { readonly layer: LegacyLayer; readonly tag: string },
): Promise<Piece> {
  const { digest, size } = await store.push(layer.mediaType, layer.bytes);
  const annotations = { ...layer.annotations, [annotation.ownTag]: tag };
  const own: Descriptor = { mediaType: layer.mediaType, digest, size, annotations };
  const piece = encodeLegacy([own], { [annotation.ownTag]: tag, [ofSubject]: subject });
  await store.push(imageConfig, piece.config);
  return { descriptor: await store.announce(piece.manifest, mediaType.manifest, tag), layers: [own] };
}

async function pieceAt(store: WritableStore, subject: Digest, tag: string): Promise<Piece | undefined> {
  const found = await manifestAt(store, tag);
  if (found?.manifest.annotations?.[ofSubject] !== subject) return undefined;
  return { descriptor: found.descriptor, layers: found.manifest.layers };
}

/**
 * Whether the `.sig` or `.att` tag of a subject has the layer with this tag of its own.
 * @throws what the store throws
 */
export async function hasLayer(store: WritableStore, subject: Digest, kind: LegacyKind, tag: string): Promise<boolean> {
  const shared = await manifestAt(store, legacyTag(subject, kind));
  return shared?.manifest.layers.some(({ annotations }) => annotations?.[annotation.ownTag] === tag) === true;
}

/** In a layer's own manifest: whose `.sig` or `.att` it belongs to. A hint; what counts is what was signed. */
const ofSubject = "io.slipway.subject";

async function join(
  store: WritableStore,
  subject: Digest,
  kind: LegacyKind,
  { own, tag }: { readonly own: readonly Descriptor[]; readonly tag: string },
): Promise<void> {
  const shared = legacyTag(subject, kind);
  const wanted = new Map<string, readonly Descriptor[]>([[tag, own]]);
  for (let merges = 0; merges < mostMerges; merges += 1) {
    const present = (await manifestAt(store, shared))?.manifest;
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
    wanted.set(other, (await pieceAt(store, subject, other))?.layers ?? []);
  }
}

function legacyManifest(layers: readonly Descriptor[]): Manifest {
  return parseManifest(encodeLegacy(layers, undefined).manifest, "the layers");
}

async function manifestAt(
  store: WritableStore,
  tag: string,
): Promise<{ readonly descriptor: Descriptor; readonly manifest: Manifest } | undefined> {
  try {
    const descriptor = await store.resolve({ tag });
    if (descriptor.mediaType !== mediaType.manifest) return undefined;
    return { descriptor, manifest: parseManifest(await store.fetch(descriptor, maxManifestBytes), tag) };
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
