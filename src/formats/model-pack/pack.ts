import { type ContentPool, type FileIdentity, inParallel } from "../../content/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import {
  type Descriptor,
  type Digest,
  digestOf,
  mediaType,
  type OnBytes,
  ociError,
  type WritableStore,
} from "../../oci/index.ts";
import { byPath, findClash } from "../../release/index.ts";
import { formatError } from "../errors.ts";
import { modelPack } from "./media-types.ts";
import { encodeConfig, encodeFormC, metadataPath, type PackedFile, planLayers, type ReleaseFacts } from "./plan.ts";

/** A file of the model that is to be packed. */
export interface FileToPack {
  readonly path: string;
  readonly source: string;
  readonly size: number;
  readonly executable: boolean;
  readonly identity: FileIdentity;
}

export interface PackedRelease {
  readonly subject: Descriptor;
  readonly files: readonly PackedFile[];
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes that the store did not have before. */
  readonly written: number;
}

/** Open files at a time; threads limit how many are read at once. */
const filesAtOnce = 16;
const placeholder: Digest = `sha256:${"0".repeat(64)}`;

/**
 * Packs files as form C (DESIGN 5.3): every file a blob, then the config, then the manifest, then the tag.
 *
 * When the tag is taken, files are hashed and nothing is written unless it is this very release. Otherwise content
 * that the store cannot have is read once, and other content at most twice.
 *
 * @throws SlipwayError METADATA_CLASH, MANIFEST_TOO_LARGE, FILE_TOO_LARGE, IMMUTABLE_CONFLICT and what the store throws;
 *   ContentError for a file that could not be read as it was listed
 */
export async function packFormC(options: {
  readonly files: readonly FileToPack[];
  readonly metadata: Uint8Array;
  readonly facts: ReleaseFacts;
  readonly store: WritableStore;
  readonly pool: ContentPool;
  readonly onBytes: OnBytes;
}): Promise<PackedRelease> {
  const { files, metadata, facts, store, pool, onBytes } = options;
  refuseMetadataClash(files);
  refuseTooMany(files, metadata, facts);
  refuseTooLarge(files, store);
  const holds = await taggedDigest(store, facts.tag);
  const known = new Map<FileToPack, PackedFile>();
  if (holds !== undefined) {
    const hashed = await inParallel(
      files,
      filesAtOnce,
      async (file) => {
        const packed = await hash(file, pool, onBytes);
        known.set(file, packed);
        return packed;
      },
      () => pool.close(),
    );
    const offered = digestOf(manifestOf(withMetadata(hashed, metadata), facts).manifest);
    if (offered !== holds) {
      throw ociError(
        "IMMUTABLE_CONFLICT",
        `${store.label}:${facts.tag} already holds ${holds}; it cannot become ${offered}`,
      );
    }
  }
  const written = new Map<Digest, number>();
  const packed = await inParallel(
    files,
    filesAtOnce,
    async (file) => {
      // What was hashed a moment ago is read again only when the store has lost it, and is counted once.
      const hashed = known.get(file);
      if (hashed !== undefined && (await store.exists(hashed.digest, hashed.size))) return hashed;
      const pushed = await store.pushFile(
        { path: file.source, identity: file.identity },
        hashed === undefined ? onBytes : () => {},
      );
      if (!pushed.reused) written.set(pushed.digest, pushed.size);
      return { path: file.path, executable: file.executable, digest: pushed.digest, size: pushed.size };
    },
    () => pool.close(),
  );
  return announce(withMetadata(packed, metadata), metadata, facts, store, written);
}

async function announce(
  files: readonly PackedFile[],
  metadata: Uint8Array,
  facts: ReleaseFacts,
  store: WritableStore,
  written: Map<Digest, number>,
): Promise<PackedRelease> {
  const { config, manifest } = manifestOf(files, facts);
  const described = digestOf(metadata);
  if (!(await store.exists(described, metadata.length))) written.set(described, metadata.length);
  await store.push("application/octet-stream", metadata);
  await store.push(modelPack.configType, config);
  const requireFile = async ({ digest, size, path }: PackedFile): Promise<void> => {
    if (await store.exists(digest, size)) return;
    throw ociError("STORE_CORRUPT", `${store.label} lost ${digest} (${path}) while the release was packed`);
  };
  await inParallel(files, filesAtOnce, requireFile, async () => {});
  const subject = await store.announce(manifest, mediaType.manifest, facts.tag);
  return { subject, files, size: total(files.map((file) => file.size)), written: total([...written.values()]) };
}

function manifestOf(files: readonly PackedFile[], facts: ReleaseFacts): { config: Uint8Array; manifest: Uint8Array } {
  const layers = planLayers(files, facts.sourceDateEpoch);
  const config = encodeConfig(facts, layers);
  const descriptor = { mediaType: modelPack.configType, digest: digestOf(config), size: config.length };
  return { config, manifest: encodeFormC(facts, descriptor, layers) };
}

function withMetadata(files: readonly PackedFile[], metadata: Uint8Array): PackedFile[] {
  const file = { path: metadataPath, executable: false, digest: digestOf(metadata), size: metadata.length };
  return [...files, file].sort(byPath);
}

/** What clashes with metadata.json would make a release that no reader accepts. */
function refuseMetadataClash(files: readonly FileToPack[]): void {
  const clash = files.find((file) => findClash([metadataPath, file.path]) !== undefined);
  if (clash !== undefined) throw formatError("METADATA_CLASH", `the model's directory has a file "${clash.path}"`);
}

/** Digests have a fixed length, so the manifest's size is known before the first byte is read. */
function refuseTooMany(files: readonly FileToPack[], metadata: Uint8Array, facts: ReleaseFacts): void {
  const planned = files.map(({ path, executable, size }) => ({ path, executable, size, digest: placeholder }));
  manifestOf(withMetadata(planned, metadata), facts);
}

/** A registry says so only after hours of uploading. */
function refuseTooLarge(files: readonly FileToPack[], { largestBlob, label }: WritableStore): void {
  if (largestBlob === undefined) return;
  const { size, saidBy } = largestBlob;
  const large = files.filter((file) => file.size > size);
  const [first] = large;
  if (first === undefined) return;
  throw formatError("FILE_TOO_LARGE", `${first.path} has ${first.size} bytes, and ${saidBy} takes ${size} (${label})`, {
    details: large.map((file) => `${file.path}: ${file.size} bytes`),
  });
}

async function taggedDigest(store: WritableStore, tag: string): Promise<Digest | undefined> {
  try {
    return (await store.resolve({ tag })).digest;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function hash(file: FileToPack, pool: ContentPool, onBytes: OnBytes): Promise<PackedFile> {
  const { sha256, size } = await pool.run({ source: file.source, size: file.size, identity: file.identity }, onBytes);
  return { path: file.path, executable: file.executable, digest: `sha256:${sha256}`, size };
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
