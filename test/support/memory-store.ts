import {
  type BlobArrival,
  type BlobSource,
  type Descriptor,
  type Digest,
  digestOf,
  mediaType,
  type OnBytes,
  ociError,
  parseManifest,
  type WritableStore,
} from "../../src/oci/index.ts";

/** A store in memory, with the manners of a layout: nothing is overwritten, and everything is checked by digest. */
export class MemoryStore implements WritableStore {
  readonly label = "memory";
  readonly home = undefined;
  largestBlob: WritableStore["largestBlob"] = undefined;
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #tags = new Map<string, Descriptor>();
  readonly #hints = new Set<string>();
  /** Subjects of the manifests, each read once. */
  readonly #subjects = new Map<Digest, Digest | undefined>();
  /** Called before each write; throws to be a crash at that place. */
  beforeWrite: (what: string) => void = () => {};

  async resolve({ tag, digest }: { tag?: string | undefined; digest?: Digest | undefined }): Promise<Descriptor> {
    const byTag = tag === undefined ? undefined : this.#tags.get(tag);
    const found = byTag ?? [...this.#tags.values()].find((descriptor) => descriptor.digest === digest);
    if (found === undefined || (tag !== undefined && byTag === undefined)) {
      throw ociError("NOT_FOUND", `memory has no ${tag ?? digest}`);
    }
    if (digest !== undefined && found.digest !== digest) throw ociError("TAG_MISMATCH", `memory: ${tag}`);
    return found;
  }

  async list() {
    return [...this.#tags].map(([tag, descriptor]) => ({ tag, descriptor }));
  }

  async tags() {
    return [...this.#tags.keys()];
  }

  async exists(digest: Digest, size: number): Promise<boolean> {
    return this.#blobs.get(digest)?.length === size;
  }

  async fetch({ digest, size }: Descriptor, limit: number): Promise<Uint8Array> {
    const bytes = this.#blobs.get(digest);
    if (bytes === undefined || bytes.length !== size || size > limit) {
      throw ociError("STORE_CORRUPT", `memory lacks ${digest}`);
    }
    return bytes;
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>();
    for (const descriptor of this.#tags.values()) {
      if (this.#subjectOf(descriptor.digest) === subject) found.set(descriptor.digest, descriptor);
    }
    return [...found.values()];
  }

  #subjectOf(digest: Digest): Digest | undefined {
    const bytes = this.#blobs.get(digest);
    if (bytes !== undefined && !this.#subjects.has(digest)) {
      this.#subjects.set(digest, parseManifest(bytes, "it").subject?.digest);
    }
    return this.#subjects.get(digest);
  }

  async push(type: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = digestOf(bytes);
    this.beforeWrite("push");
    this.#blobs.set(digest, bytes);
    return { mediaType: type, digest, size: bytes.length };
  }

  async announce(manifest: Uint8Array, type: string, tag: string): Promise<Descriptor> {
    const descriptor = { mediaType: type, digest: digestOf(manifest), size: manifest.length };
    const holds = this.#tags.get(tag);
    if (holds !== undefined && holds.digest !== descriptor.digest) {
      throw ociError("IMMUTABLE_CONFLICT", `memory:${tag} already holds ${holds.digest}`);
    }
    this.beforeWrite("announce");
    this.#blobs.set(descriptor.digest, manifest);
    this.#tags.set(tag, descriptor);
    return descriptor;
  }

  async hint(tag: string, descriptor: Descriptor | undefined): Promise<void> {
    if (this.#tags.has(tag) && !this.#hints.has(tag)) throw ociError("IMMUTABLE_CONFLICT", `memory:${tag}`);
    this.beforeWrite("hint");
    if (descriptor === undefined) this.#tags.delete(tag);
    else this.#tags.set(tag, descriptor);
    this.#hints.add(tag);
  }

  async *read({ digest }: Descriptor, from: number): AsyncGenerator<Uint8Array> {
    const bytes = this.#blobs.get(digest);
    if (bytes === undefined) throw ociError("STORE_CORRUPT", `memory lacks ${digest}`);
    yield bytes.subarray(from);
  }

  async pushBlob(source: BlobSource, onBytes: OnBytes): Promise<BlobArrival> {
    const { digest, size } = source;
    if (await this.exists(digest, size)) return "present";
    const pieces: Uint8Array[] = [];
    for await (const piece of source.open(0)) pieces.push(Buffer.from(piece));
    const bytes = Buffer.concat(pieces);
    if (digestOf(bytes) !== digest) throw ociError("STORE_CORRUPT", `what came for ${digest} has another digest`);
    this.beforeWrite("push");
    this.#blobs.set(digest, bytes);
    onBytes(size);
    return "sent";
  }

  pushManifest(manifest: Uint8Array, type: string): Promise<Descriptor> {
    return this.push(type, manifest);
  }

  pushFile(): ReturnType<WritableStore["pushFile"]> {
    throw new Error("a store in memory takes no files");
  }

  pullFile(): Promise<void> {
    throw new Error("a store in memory gives no files");
  }

  /** Another store that holds what this one does now. */
  copy(): MemoryStore {
    const copy = new MemoryStore();
    for (const [digest, bytes] of this.#blobs) copy.#blobs.set(digest, bytes);
    for (const [tag, descriptor] of this.#tags) copy.#tags.set(tag, descriptor);
    for (const tag of this.#hints) copy.#hints.add(tag);
    for (const [digest, subject] of this.#subjects) copy.#subjects.set(digest, subject);
    return copy;
  }

  /** Announces a release of one file, as `slipway package` makes them. */
  async addManifest(bytes: Uint8Array, tag: string): Promise<Descriptor> {
    return this.announce(bytes, mediaType.manifest, tag);
  }
}
