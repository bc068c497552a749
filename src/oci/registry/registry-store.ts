import type { ContentPool } from "../../content/index.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { ociError } from "../errors.ts";
import { type Descriptor, parseIndex, parseManifest } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import { isTag } from "../reference.ts";
import type { BlobArrival, BlobSource, FileSource, Home, OnBytes, PushedFile, WritableStore } from "../store.ts";
import type { UploadMode } from "../upload-mode.ts";
import { VerifiedBlob } from "../verified-blob.ts";
import { BlobRequests } from "./blob-requests.ts";
import { ContentMemory } from "./content-memory.ts";
import { Download } from "./download.ts";
import { registryError } from "./errors.ts";
import { knownRegistry } from "./known-registries.ts";
import { LikelyContent } from "./likely-content.ts";
import { type FetchedManifest, Manifests } from "./manifests.ts";
import { readBlob } from "./read-blob.ts";
import { Referrers } from "./referrers.ts";
import type { RegistryClient } from "./registry-client.ts";
import { listTags } from "./tags.ts";
import { type Upload, type UploadOptions, Uploads } from "./upload.ts";
import { readSmall, SentBytes, smallBytes } from "./upload-content.ts";

/** Smaller files are in memory when they are read a second time. */
const worthStreaming = 16 * 1024 * 1024;

/** Evidence is read several times by one step; larger blobs are not. */
const mostRemembered = 8 * 1024 * 1024;
const largestRemembered = 256 * 1024;

/** One repository of a registry as a store (distribution-spec 1.1). */
export class RegistryStore implements WritableStore {
  readonly label: string;
  readonly home: Home;
  readonly largestBlob: WritableStore["largestBlob"];
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #pool: ContentPool;
  readonly #manifests: Manifests;
  readonly #requests: BlobRequests;
  readonly #download: Download;
  readonly #uploads: Uploads;
  readonly #mode: UploadMode;
  readonly #likely: LikelyContent;
  readonly #referrers: Referrers;
  readonly #blobs = new ContentMemory<Uint8Array>(mostRemembered);
  /** Sizes of blobs that the registry says it has. */
  readonly #confirmed = new Map<Digest, number>();

  constructor(client: RegistryClient, repository: string, pool: ContentPool, uploads: UploadOptions = {}) {
    this.label = `${client.host}/${repository}`;
    this.home = { registry: client.url("/").origin, repository };
    const registry = knownRegistry(client.host);
    this.largestBlob =
      registry?.largestBlob === undefined ? undefined : { size: registry.largestBlob, saidBy: registry.name };
    this.#client = client;
    this.#repository = repository;
    this.#pool = pool;
    this.#manifests = new Manifests(client, repository);
    this.#requests = new BlobRequests(client, repository);
    this.#download = new Download(this.#requests);
    this.#uploads = new Uploads(client, repository, this.#requests, uploads);
    this.#mode = uploads.mode ?? "auto";
    this.#likely = new LikelyContent({ tags: () => this.tags(), manifest: (tag) => this.#tagged(tag) });
    this.#referrers = new Referrers(client, repository, this.#manifests);
  }

  async resolve({ tag, digest }: Parameters<WritableStore["resolve"]>[0]): Promise<Descriptor> {
    if (tag === undefined && digest === undefined) throw ociError("NOT_FOUND", `no tag of ${this.label} was given`);
    const found = tag === undefined ? await this.#manifest(digest) : await this.#tagged(tag);
    if (found === undefined) {
      throw ociError("NOT_FOUND", `${this.label} has no ${tag === undefined ? `manifest ${digest}` : `tag ${tag}`}`);
    }
    if (digest === undefined || found.descriptor.digest === digest) return found.descriptor;
    throw ociError(
      "TAG_MISMATCH",
      `in ${this.label} the tag ${tag} points at ${found.descriptor.digest}, not at ${digest}`,
    );
  }

  async tags(): Promise<readonly string[]> {
    return listTags(this.#client, this.#repository);
  }

  async exists(digest: Digest, size: number): Promise<boolean> {
    // What the registry confirmed to this process is not asked for again.
    if (this.#confirmed.get(digest) === size) return true;
    const found = await this.#requests.sizeOf(digest);
    if (found !== undefined) this.#confirmed.set(digest, found);
    return found === size;
  }

  async fetch(descriptor: Descriptor, limit: number): Promise<Uint8Array> {
    const { digest, size } = descriptor;
    if (!isManifest(descriptor)) return this.#blob(descriptor, limit);
    const found = await this.#manifest(digest);
    if (found === undefined) throw ociError("NOT_FOUND", `${this.label} has no manifest ${digest}`);
    if (found.bytes.length === size && size <= limit) return found.bytes;
    throw registryError("CONTENT_ALTERED", `${digest} of ${this.label} has ${found.bytes.length} bytes, not ${size}`);
  }

  async #blob(descriptor: Descriptor, limit: number): Promise<Uint8Array> {
    const { digest, size } = descriptor;
    const known = this.#blobs.get(digest);
    // One that is not as large as its descriptor says is refused where it is read.
    if (known?.length === size && size <= limit) return known;
    const bytes = await this.#requests.fetch(descriptor, limit);
    if (size <= largestRemembered) this.#blobs.keep(digest, new Uint8Array(bytes), size);
    return bytes;
  }

  async pullFile(descriptor: Descriptor, target: string, mode: number, onBytes: OnBytes): Promise<void> {
    await this.#download.pull(descriptor, target, mode, onBytes);
  }

  read(descriptor: Descriptor, from: number): AsyncIterable<Uint8Array> {
    return readBlob(this.#requests, descriptor, from);
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    return this.#referrers.of(subject);
  }

  async push(type: string, bytes: Uint8Array): Promise<Descriptor> {
    const descriptor = { mediaType: type, digest: digestOf(bytes), size: bytes.length };
    if (!(await this.exists(descriptor.digest, bytes.length)))
      await this.#upload({ ...descriptor, content: { bytes } });
    return descriptor;
  }

  async pushFile(file: FileSource, onBytes: OnBytes): Promise<PushedFile> {
    const size = Number(file.identity.size);
    const task = { source: file.path, size, identity: file.identity };
    const sent = new SentBytes(onBytes);
    const isUnknown = (await this.#pool.known(task)) === undefined;
    // Threads start while the registry is asked.
    if (isUnknown && size >= worthStreaming) this.#client.threads?.expect();
    const isNew = isUnknown && !(await this.#mayHold(size));
    if (isNew && size >= worthStreaming) {
      const startedAt = Date.now();
      const hash = async (): Promise<Digest> => `sha256:${(await this.#pool.run(task)).sha256}`;
      const digest = await this.#uploads.stream(file, sent, hash);
      if (digest !== undefined) {
        this.#confirmed.set(digest, size);
        await this.#pool.remember(task, hexOf(digest), startedAt);
        return { digest, size, reused: false };
      }
    }
    // What is small is read once, and what can hardly be there is not looked for.
    const bytes = isNew && size <= smallBytes ? readSmall(file) : undefined;
    const digest: Digest = bytes === undefined ? `sha256:${(await this.#pool.run(task)).sha256}` : digestOf(bytes);
    if ((!isNew || this.#confirmed.has(digest)) && (await this.exists(digest, size))) {
      sent.reached(size);
      return { digest, size, reused: true };
    }
    await this.#upload({ digest, size, content: bytes === undefined ? { file } : { bytes }, sent });
    return { digest, size, reused: false };
  }

  /** Whether a file of this size should be looked for before it is sent. */
  async #mayHold(size: number): Promise<boolean> {
    if (this.#mode === "stream") return false;
    return this.#mode !== "auto" || this.#likely.mayHold(size);
  }

  async pushBlob(source: BlobSource, onBytes: OnBytes): Promise<BlobArrival> {
    const { digest, size, home } = source;
    if (await this.exists(digest, size)) return "present";
    const blob = new VerifiedBlob(source, () => {});
    const from = home?.registry === this.home.registry ? home.repository : undefined;
    return this.#upload({
      digest,
      size,
      content: { open: (start) => blob.open(start) },
      sent: new SentBytes(onBytes),
      from,
    });
  }

  async pushManifest(manifest: Uint8Array, type: string): Promise<Descriptor> {
    const digest = digestOf(manifest);
    const descriptor = { mediaType: type, digest, size: manifest.length };
    await this.#manifests.put(manifest, type, digest);
    // It is read back; what this process remembers of it is no proof.
    const stored = await this.#manifests.get(digest);
    if (stored === undefined)
      throw registryError("CONTENT_LOST", `${this.label} accepted ${digest} and does not have it`);
    return descriptor;
  }

  async #upload(upload: Upload): Promise<"sent" | "mounted"> {
    const arrival = await this.#uploads.put(upload);
    this.#confirmed.set(upload.digest, upload.size);
    return arrival;
  }

  async announce(manifest: Uint8Array, type: string, tag: string): Promise<Descriptor> {
    if (!isTag(tag)) throw ociError("REFERENCE_INVALID", `"${tag}" is not a tag that registries accept`);
    const { artifactType, subject } =
      type === mediaType.index ? parseIndex(manifest, tag) : parseManifest(manifest, tag);
    const digest = digestOf(manifest);
    const descriptor = { mediaType: type, digest, size: manifest.length, ...(artifactType && { artifactType }) };
    const present = await this.#tagged(tag);
    if (present === undefined) await this.#put(manifest, type, tag);
    // A registry has no compare-and-set: another writer may have been faster after all.
    const announced = present ?? (await this.#tagged(tag));
    if (announced === undefined)
      throw registryError("CONTENT_LOST", `${this.label}:${tag} is not there after it was put`);
    if (announced.descriptor.digest !== digest) {
      throw ociError("IMMUTABLE_CONFLICT", `${this.label}:${tag} already holds ${announced.descriptor.digest}`);
    }
    if (subject !== undefined) await this.#referrers.add(subject.digest, { descriptor, bytes: manifest }, tag);
    return descriptor;
  }

  async hint(tag: string, descriptor: Descriptor | undefined): Promise<void> {
    if (descriptor === undefined) {
      // Where tags cannot be removed, a stale hint stays; it decides nothing.
      await this.#manifests.remove(tag);
      return;
    }
    const bytes = await this.fetch(descriptor, maxManifestBytes);
    await this.#manifests.put(bytes, descriptor.mediaType, tag);
  }

  /** Immutable tags refuse the same content, too; whether it is the same shows when it is read back. */
  async #put(manifest: Uint8Array, type: string, tag: string): Promise<void> {
    try {
      await this.#manifests.put(manifest, type, tag);
    } catch (error) {
      if ((await this.#tagged(tag)) === undefined) throw error;
    }
  }

  #tagged(tag: string): Promise<FetchedManifest | undefined> {
    return this.#manifests.get(tag);
  }

  async #manifest(digest: Digest | undefined): Promise<FetchedManifest | undefined> {
    return digest === undefined ? undefined : this.#manifests.known(digest);
  }
}

function isManifest({ mediaType: type }: Descriptor): boolean {
  return type === mediaType.manifest || type === mediaType.index;
}
