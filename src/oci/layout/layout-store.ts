import { rm, writeFile } from "node:fs/promises";
import { ContentError, type ContentPool } from "../../content/index.ts";
import type { ErrorContext, SlipwayError } from "../../errors/index.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { ociError } from "../errors.ts";
import { type Descriptor, parseIndex, parseManifest } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import { isTag, type LayoutReference } from "../reference.ts";
import type { BlobArrival, BlobSource, FileSource, OnBytes, PushedFile, WritableStore } from "../store.ts";
import { VerifiedBlob } from "../verified-blob.ts";
import {
  addTagged,
  encodeIndexFile,
  type IndexFile,
  maxIndexFileBytes,
  moveTag,
  parseIndexFile,
  type TaggedManifest,
  taggedManifests,
} from "./index-file.ts";
import { LayoutDirectory } from "./layout-directory.ts";

export interface LayoutOptions {
  readonly pool: ContentPool;
  readonly signal: AbortSignal;
  /** How long to wait for another process that writes the index, in milliseconds; 30 s when not given. */
  readonly patience?: number;
}

/**
 * An image-layout directory (image-spec, image-layout.md) as a store.
 *
 * Blobs appear under their digest by rename, complete and flushed; index.json is replaced by rename under a lock. So
 * other processes, and other tools, see each state whole.
 */
export class LayoutStore implements WritableStore {
  readonly label: string;
  readonly home = undefined;
  readonly largestBlob = undefined;
  readonly #directory: LayoutDirectory;
  readonly #options: LayoutOptions;
  #sizes: Promise<Set<number>> | undefined;

  private constructor(directory: LayoutDirectory, options: LayoutOptions) {
    this.label = directory.label;
    this.#directory = directory;
    this.#options = options;
  }

  /**
   * Opens a layout that exists.
   * @throws SlipwayError STORE_NOT_FOUND, STORE_NOT_LAYOUT, STORE_CORRUPT, STORE_UNREADABLE
   */
  static async open(reference: LayoutReference, options: LayoutOptions): Promise<LayoutStore> {
    const directory = new LayoutDirectory(reference);
    await directory.requireLayout();
    return new LayoutStore(directory, options);
  }

  /**
   * Opens a layout for writing; makes it when it is new.
   * @throws SlipwayError STORE_NOT_LAYOUT, STORE_CORRUPT, STORE_UNREADABLE, STORE_FULL
   */
  static async openOrCreate(reference: LayoutReference, options: LayoutOptions): Promise<LayoutStore> {
    await new LayoutDirectory(reference).create();
    const store = await LayoutStore.open(reference, options);
    // A damaged index is found before any byte is written, not when the release is announced.
    await store.list();
    return store;
  }

  async resolve(name: {
    readonly tag?: string | undefined;
    readonly digest?: Digest | undefined;
  }): Promise<Descriptor> {
    const entries = await this.list();
    const tagged = entries.filter((entry) => entry.tag !== undefined && entry.tag === name.tag);
    if (tagged.length > 1) {
      throw ociError("STORE_CORRUPT", `${this.label} lists the tag ${name.tag} ${tagged.length} times`);
    }
    const byTag = tagged[0]?.descriptor;
    if (byTag === undefined && (name.tag !== undefined || name.digest === undefined)) {
      const message =
        name.tag === undefined ? `no tag of ${this.label} was given` : `${this.label} has no tag ${name.tag}`;
      throw ociError("NOT_FOUND", message, {
        details: releasesIn(entries),
      });
    }
    if (byTag !== undefined && (name.digest === undefined || name.digest === byTag.digest)) return byTag;
    if (byTag !== undefined) {
      throw ociError(
        "TAG_MISMATCH",
        `in ${this.label} the tag ${name.tag} points at ${byTag.digest}, not at ${name.digest}`,
      );
    }
    const byDigest = entries.find((entry) => entry.descriptor.digest === name.digest)?.descriptor;
    if (byDigest === undefined) throw ociError("NOT_FOUND", `${this.label} has no manifest ${name.digest}`);
    return byDigest;
  }

  async tags(): Promise<readonly string[]> {
    return (await this.list()).flatMap(({ tag }) => tag ?? []);
  }

  /** Everything that index.json lists. @throws SlipwayError STORE_CORRUPT, STORE_UNREADABLE */
  async list(): Promise<readonly TaggedManifest[]> {
    return taggedManifests(parseIndexFile(await this.#directory.read("index.json", maxIndexFileBytes), this.label));
  }

  /** The tags that Slipway announced in this layout, whatever index.json says now. */
  async announced(): Promise<ReadonlyMap<string, Digest>> {
    return this.#directory.recorded();
  }

  async exists(digest: Digest, size: number): Promise<boolean> {
    return (await this.#directory.sizeOfBlob(digest)) === size;
  }

  async fetch({ digest, size }: Descriptor, limit: number): Promise<Uint8Array> {
    if (size > limit) {
      throw ociError("STORE_CORRUPT", `${digest} in ${this.label} has ${size} bytes, ${limit} are allowed`);
    }
    const bytes = await this.#directory.readBlob(digest, size);
    if (bytes === undefined) throw await this.#missing(digest, size);
    if (digestOf(bytes) !== digest) throw this.#altered(digest);
    return bytes;
  }

  async pullFile({ digest, size }: Descriptor, target: string, mode: number, onBytes: OnBytes): Promise<void> {
    if (!(await this.exists(digest, size))) throw await this.#missing(digest, size);
    const source = this.#directory.blobPath(digest);
    const { sha256 } = await this.#readingBlob(digest, () =>
      this.#options.pool.run({ source, size, target, mode }, onBytes),
    );
    if (sha256 === hexOf(digest)) return;
    await rm(target, { force: true });
    throw this.#altered(digest);
  }

  async *read({ digest, size }: Descriptor, from: number): AsyncGenerator<Uint8Array> {
    if (!(await this.exists(digest, size))) throw await this.#missing(digest, size);
    yield* this.#directory.readPieces(digest, from);
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>();
    for (const { descriptor } of await this.list()) {
      const { digest, mediaType: type } = descriptor;
      if (found.has(digest) || digest === subject || (type !== mediaType.manifest && type !== mediaType.index))
        continue;
      const bytes = await this.fetch(descriptor, maxManifestBytes);
      const manifest = type === mediaType.index ? parseIndex(bytes, digest) : parseManifest(bytes, digest);
      if (manifest.subject?.digest !== subject) continue;
      found.set(digest, { ...descriptor, artifactType: manifest.artifactType, annotations: manifest.annotations });
    }
    return [...found.values()];
  }

  async push(type: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const descriptor = { mediaType: type, digest, size: bytes.length };
    if (await this.exists(digest, bytes.length)) return descriptor;
    await this.#directory.withDraft(async (draft) => {
      await writeFile(draft, bytes, { flag: "wx", flush: true });
      await this.#directory.installBlob(draft, digest);
    });
    return descriptor;
  }

  async pushFile(file: FileSource, onBytes: OnBytes): Promise<PushedFile> {
    const size = Number(file.identity.size);
    const task = { source: file.path, size, identity: file.identity };
    // Content of a size that no blob has is certainly new: one read hashes and copies it. Otherwise it is hashed
    // first, so that a release packaged again writes nothing.
    this.#sizes ??= this.#directory.blobSizes();
    const sizes = await this.#sizes;
    const mayBeThere = sizes.has(size);
    if (mayBeThere) {
      const { sha256 } = await this.#options.pool.run(task, onBytes);
      if (await this.exists(`sha256:${sha256}`, size)) return { digest: `sha256:${sha256}`, size, reused: true };
    }
    return this.#directory.withDraft(async (draft) => {
      try {
        const { sha256 } = await this.#options.pool.run(
          { ...task, target: draft, mode: 0o644 },
          mayBeThere ? () => {} : onBytes,
        );
        await this.#directory.installBlob(draft, `sha256:${sha256}`);
        sizes.add(size);
        return { digest: `sha256:${sha256}`, size, reused: false };
      } catch (error) {
        throw this.#explainDraft(error);
      }
    });
  }

  async pushBlob(source: BlobSource, onBytes: OnBytes): Promise<BlobArrival> {
    if (await this.exists(source.digest, source.size)) return "present";
    await this.#directory.withDraft(async (draft) => {
      const pieces = new VerifiedBlob(source, onBytes).open(0);
      await writeFile(draft, pieces, { flag: "wx", mode: 0o644, flush: true });
      await this.#directory.installBlob(draft, source.digest);
    });
    return "sent";
  }

  async pushManifest(manifest: Uint8Array, type: string): Promise<Descriptor> {
    return this.push(type, manifest);
  }

  async announce(manifest: Uint8Array, type: string, tag: string): Promise<Descriptor> {
    if (!isTag(tag)) throw ociError("REFERENCE_INVALID", `"${tag}" is not a tag that registries accept`);
    const { artifactType } = type === mediaType.index ? parseIndex(manifest, tag) : parseManifest(manifest, tag);
    const descriptor = {
      mediaType: type,
      digest: digestOf(manifest),
      size: manifest.length,
      ...(artifactType === undefined ? {} : { artifactType }),
    };
    // A conflict is found before anything is written; under the lock it is looked for again.
    const plan = await this.#planTag(descriptor, tag);
    await this.push(type, manifest);
    // A blob of that name may have been there before: only bytes that can be read back are announced.
    await this.fetch(descriptor, maxManifestBytes);
    // What is announced stays so; to say it again takes neither the lock nor the right to write.
    if (!plan.announced) await this.#tag(descriptor, tag);
    return this.resolve({ tag, digest: descriptor.digest });
  }

  async hint(tag: string, descriptor: Descriptor | undefined): Promise<void> {
    if (!isTag(tag)) throw ociError("REFERENCE_INVALID", `"${tag}" is not a tag that registries accept`);
    if (descriptor !== undefined) await this.fetch(descriptor, maxManifestBytes);
    const { signal, patience = 30_000 } = this.#options;
    await this.#directory.locked({ signal, patience }, async (requireHeld) => {
      const announced = (await this.announced()).get(tag);
      if (announced !== undefined) {
        throw ociError("IMMUTABLE_CONFLICT", `${this.label}:${tag} was announced as ${announced}; it does not move`);
      }
      const index = parseIndexFile(await this.#directory.read("index.json", maxIndexFileBytes), this.label);
      const moved = moveTag(index, descriptor, tag);
      await requireHeld();
      if (moved !== undefined) await this.#directory.replaceIndex(encodeIndexFile(moved));
    });
  }

  async #tag(descriptor: Descriptor, tag: string): Promise<void> {
    const { signal, patience = 30_000 } = this.#options;
    await this.#directory.locked({ signal, patience }, async (requireHeld) => {
      const { index } = await this.#planTag(descriptor, tag);
      await requireHeld();
      if (index !== undefined) await this.#directory.replaceIndex(encodeIndexFile(index));
      await this.#directory.record(tag, descriptor.digest);
    });
  }

  /**
   * What tagging leads to: the index to write, undefined when it has the tag already, and whether the tag was
   * announced before.
   * @throws SlipwayError IMMUTABLE_CONFLICT
   */
  async #planTag(
    descriptor: Descriptor,
    tag: string,
  ): Promise<{ readonly index: IndexFile | undefined; readonly announced: boolean }> {
    const index = parseIndexFile(await this.#directory.read("index.json", maxIndexFileBytes), this.label);
    const edit = addTagged(index, descriptor, tag);
    if (edit.kind === "conflict") throw this.#conflict(tag, edit.holds.digest, descriptor.digest);
    const before = (await this.announced()).get(tag);
    // An index that lost a tag does not make the tag free for other content.
    if (before !== undefined && before !== descriptor.digest) {
      throw this.#conflict(tag, before, descriptor.digest, {
        remedy: `Restore index.json from a copy, or release a new version; if ${tag} was removed on purpose, remove its line from .slipway/announced.`,
      });
    }
    if (edit.kind === "edited") return { index: edit.index, announced: false };
    return { index: undefined, announced: before !== undefined };
  }

  #conflict(tag: string, holds: Digest, offered: Digest, context: ErrorContext = {}): SlipwayError {
    const message = `${this.label}:${tag} already holds ${holds}; it cannot become ${offered}`;
    return ociError("IMMUTABLE_CONFLICT", message, context);
  }

  /** Failures to write the draft are the store's own; those of the source are the caller's. */
  #explainDraft(error: unknown): unknown {
    if (!(error instanceof ContentError)) return error;
    if (error.kind === "no-space") return this.#directory.full(error);
    return error.kind === "unwritable" ? this.#denied(error) : error;
  }

  /** Failures to read the source are the store's own here; those of the target are the caller's. */
  async #readingBlob<T>(digest: Digest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ContentError)) throw error;
      if (error.kind === "unreadable") throw this.#denied(error);
      if (error.kind !== "changed") throw error;
      throw ociError("STORE_CORRUPT", `cannot read ${digest} in ${this.label}: ${error.message}`, { cause: error });
    }
  }

  #denied(cause: ContentError): SlipwayError {
    return ociError("STORE_UNREADABLE", `${this.label}: ${cause.message}`, { cause });
  }

  async #missing(digest: Digest, size: number) {
    const found = await this.#directory.sizeOfBlob(digest);
    const what = found === undefined ? "has no such blob" : `has ${found} bytes of it instead of ${size}`;
    return ociError("STORE_CORRUPT", `${this.label} names ${digest}, but ${what}`);
  }

  #altered(digest: Digest) {
    return ociError("STORE_CORRUPT", `the content of ${digest} in ${this.label} has another digest`);
  }
}

function releasesIn(entries: readonly TaggedManifest[]): string[] {
  // Evidence tags hold "_"; listing them would bury the releases.
  const tags = entries.flatMap(({ tag }) => (tag === undefined || tag.includes("_") ? [] : [tag]));
  if (tags.length === 0) return [];
  return [`it has: ${tags.slice(0, 20).join(", ")}${tags.length > 20 ? ", …" : ""}`];
}
