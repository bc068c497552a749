import { digestOf } from "../digest.ts";
import { type Descriptor, encodeManifest, type Manifest } from "../manifest.ts";
import { mediaType } from "../media-types.ts";

/** What becomes of a legacy tag in the target. */
export type LegacyPlan =
  /** The target has everything already. */
  | { readonly kind: "keep" }
  /** The source's manifest has everything. */
  | { readonly kind: "take" }
  /** Each has something that the other lacks; one manifest gets all. */
  | { readonly kind: "merge"; readonly config: Uint8Array; readonly manifest: Uint8Array }
  /** Only one of them can have the tag, which the target's has already. */
  | { readonly kind: "beside" };

/**
 * Joins the signatures or attestations that cosign keeps under one tag in two stores (cosign, specs/SIGNATURE_SPEC.md): a
 * layer each, in whose annotations the signature stands. The result does not depend on which store is asked first.
 *
 * An SBOM's tag has one layer by definition, so two of them cannot be one manifest.
 *
 * @throws SlipwayError MANIFEST_TOO_LARGE
 */
export function planLegacy(tag: string, source: Manifest, target: Manifest | undefined): LegacyPlan {
  if (target === undefined) return { kind: "take" };
  const theirs = layersOf(target);
  const ours = layersOf(source);
  if ([...ours.keys()].every((key) => theirs.has(key))) return { kind: "keep" };
  if (tag.endsWith(".sbom")) return { kind: "beside" };
  if ([...theirs.keys()].every((key) => ours.has(key))) return { kind: "take" };
  const layers = [...new Map([...theirs, ...ours])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, layer]) => layer);
  return { kind: "merge", ...encodeLegacy(layers, joined(source.annotations, target.annotations)) };
}

/**
 * A manifest of legacy signatures, and its config.
 * @throws SlipwayError MANIFEST_TOO_LARGE
 */
export function encodeLegacy(
  layers: readonly Descriptor[],
  annotations: Manifest["annotations"],
): { readonly config: Uint8Array; readonly manifest: Uint8Array } {
  const config = configFor(layers);
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    config: { mediaType: imageConfig, digest: digestOf(config), size: config.length },
    layers: [...layers],
    ...(annotations === undefined ? {} : { annotations }),
  });
  return { config, manifest };
}

/** Media type of the config that a merged manifest gets. */
export const imageConfig = "application/vnd.oci.image.config.v1+json";

/** Signatures of one payload differ in nothing but annotations. */
function layersOf({ layers }: Manifest): ReadonlyMap<string, Manifest["layers"][number]> {
  return new Map(layers.map((layer) => [keyOf(layer), layer]));
}

function keyOf({ digest, mediaType: type, annotations = {} }: Descriptor): string {
  const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([digest, type, sorted]);
}

/** The config of an image with these layers, as cosign writes it: no time, no platform. */
function configFor(layers: readonly Descriptor[]): Uint8Array {
  const created = "0001-01-01T00:00:00Z";
  const config = {
    architecture: "",
    created,
    history: layers.map(() => ({ created })),
    os: "",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
  return new TextEncoder().encode(JSON.stringify(config));
}

/** Of two values of one key the smaller, whoever has it. */
function joined(...both: readonly Manifest["annotations"][]): Manifest["annotations"] {
  const entries = both.flatMap((annotations) => Object.entries(annotations ?? {}));
  if (entries.length === 0) return undefined;
  // The last one counts.
  const sorted = entries.sort(([a, x], [b, y]) => (a === b ? (x < y ? 1 : -1) : a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}
