import {
  type Descriptor,
  type Digest,
  digestOf,
  maxManifestBytes,
  mediaType,
  ociError,
  parseManifest,
  type ReadableStore,
} from "../oci/index.ts";

/**
 * The evidence pack of a release as a store: manifests, statements and metadata by digest, without the model's files
 * (DESIGN 5.5). What lies in it came out of Git and is checked against its digest like content of any store.
 */
export class EvidencePack implements Pick<ReadableStore, "label" | "resolve" | "exists" | "fetch" | "referrers"> {
  readonly label: string;
  readonly #contents: ReadonlyMap<Digest, Uint8Array>;

  constructor(label: string, contents: ReadonlyMap<Digest, Uint8Array>) {
    this.label = label;
    this.#contents = contents;
  }

  async resolve({ digest }: { readonly digest?: Digest | undefined }): Promise<Descriptor> {
    const bytes = digest === undefined ? undefined : this.#contents.get(digest);
    if (digest === undefined || bytes === undefined) {
      throw ociError("NOT_FOUND", `${this.label} has no manifest ${digest ?? "without a digest: it keeps no tags"}`);
    }
    return { mediaType: mediaType.manifest, digest, size: bytes.length };
  }

  async exists(digest: Digest, size: number): Promise<boolean> {
    return this.#contents.get(digest)?.length === size;
  }

  async fetch({ digest, size }: Descriptor, limit: number): Promise<Uint8Array> {
    const bytes = this.#contents.get(digest);
    if (bytes === undefined || bytes.length !== size || size > limit || digestOf(bytes) !== digest) {
      throw ociError("STORE_CORRUPT", `${this.label} lacks ${digest}, or has altered it`);
    }
    return bytes;
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    for (const [digest, bytes] of this.#contents) {
      const manifest = manifestIn(bytes);
      if (manifest?.subject?.digest !== subject) continue;
      const { artifactType, annotations } = manifest;
      found.push({ mediaType: mediaType.manifest, digest, size: bytes.length, artifactType, annotations });
    }
    return found;
  }
}

/** Most of a pack is no manifest. */
function manifestIn(bytes: Uint8Array) {
  if (bytes.length > maxManifestBytes) return undefined;
  try {
    return parseManifest(bytes, "it");
  } catch {
    return undefined;
  }
}
