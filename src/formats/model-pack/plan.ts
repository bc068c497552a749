import { annotation, type Descriptor, type Digest, encodeManifest, type Manifest, mediaType } from "../../oci/index.ts";
import { layerKindOf, modelPack, rawLayerType } from "./media-types.ts";

/** What the config and the annotations of a form C manifest say about the release. */
export interface ReleaseFacts {
  readonly name: string;
  readonly version: string;
  readonly variant: string;
  /** Tag that keeps the manifest alive. */
  readonly tag: string;
  readonly owner: string;
  readonly licence: string;
  readonly description: string | undefined;
  /** Path of the model card among the files. */
  readonly modelCard: string | undefined;
  readonly format: string;
  readonly precision: string;
  /** Repository and commit of the code that made the model. */
  readonly source: string | undefined;
  readonly revision: string | undefined;
  /** Seconds since the epoch; undefined leaves every time at 1970-01-01, so that equal files are equal digests. */
  readonly sourceDateEpoch: number | undefined;
}

/** A file of the release whose content is known. */
export interface PackedFile {
  readonly path: string;
  readonly executable: boolean;
  readonly digest: Digest;
  readonly size: number;
}

/** Path of the ADR-004 metadata among the files of a release. */
export const metadataPath = "metadata.json";

/** Annotation keys that make one digest mean one release (DESIGN 5.1). */
export const releaseAnnotation = {
  name: "io.slipway.model.name",
  version: "io.slipway.model.version",
  variant: "io.slipway.model.variant",
  card: "io.slipway.model.card",
} as const;

/**
 * The layers of form C: one raw layer for each file, in the order given (DESIGN 5.3). Both names are written, for
 * oras and CRI-O (`title`) and for modctl and kit (`filepath`).
 */
export function planLayers(files: readonly PackedFile[], sourceDateEpoch: number | undefined): Descriptor[] {
  const modified = new Date((sourceDateEpoch ?? 0) * 1000).toISOString().replace(/\.000Z$/, "Z");
  return files.map(({ path, executable, digest, size }) => ({
    mediaType: rawLayerType(layerKindOf(path)),
    digest,
    size,
    annotations: {
      [annotation.title]: path,
      [modelPack.filepath]: path,
      [modelPack.fileMetadata]: JSON.stringify({
        name: path.slice(path.lastIndexOf("/") + 1),
        mode: executable ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        size,
        mtime: modified,
        // Go's archive/tar type flag of a regular file, as modctl writes it.
        typeflag: 0,
      }),
    },
  }));
}

/** The ModelPack config (docs/config.md): the schema allows no member that it does not name. */
export function encodeConfig(facts: ReleaseFacts, layers: readonly Descriptor[]): Uint8Array {
  const config = {
    descriptor: {
      ...(facts.sourceDateEpoch === undefined ? {} : { createdAt: dateOf(facts.sourceDateEpoch) }),
      vendor: facts.owner,
      name: facts.name,
      version: facts.version,
      title: `${facts.name} ${facts.version} ${facts.variant}`,
      ...(facts.description === undefined ? {} : { description: facts.description }),
      ...(facts.source === undefined ? {} : { sourceURL: facts.source }),
      ...(facts.revision === undefined ? {} : { revision: facts.revision }),
      licenses: [facts.licence],
    },
    config: { format: facts.format, precision: facts.precision },
    modelfs: { type: "layers", diffIds: layers.map((layer) => layer.digest) },
  };
  return new TextEncoder().encode(JSON.stringify(config));
}

/** The form C manifest. Its digest is the subject of all evidence. @throws SlipwayError MANIFEST_TOO_LARGE */
export function encodeFormC(facts: ReleaseFacts, config: Descriptor, layers: readonly Descriptor[]): Uint8Array {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType: modelPack.artifactType,
    config: { mediaType: config.mediaType, digest: config.digest, size: config.size },
    layers: layers.map((layer) => ({ ...layer, annotations: { ...layer.annotations } })),
    annotations: {
      ...(facts.modelCard === undefined ? {} : { [releaseAnnotation.card]: facts.modelCard }),
      [releaseAnnotation.name]: facts.name,
      [releaseAnnotation.variant]: facts.variant,
      [releaseAnnotation.version]: facts.version,
      [annotation.ownTag]: facts.tag,
      ...(facts.sourceDateEpoch === undefined ? {} : { [annotation.created]: dateOf(facts.sourceDateEpoch) }),
      ...(facts.description === undefined ? {} : { [annotation.description]: facts.description }),
      [annotation.licenses]: facts.licence,
      ...(facts.revision === undefined ? {} : { [annotation.revision]: facts.revision }),
      ...(facts.source === undefined ? {} : { [annotation.source]: facts.source }),
      [annotation.title]: `${facts.name} ${facts.version} ${facts.variant}`,
      [annotation.vendor]: facts.owner,
      [annotation.version]: facts.version,
    },
  };
  return encodeManifest(manifest);
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.000Z$/, "Z");
}
