import type { FileIdentity } from "../content/index.ts";
import type { Digest } from "./digest.ts";
import type { Descriptor } from "./manifest.ts";

/** A file whose bytes shall go into a store. */
export interface FileSource {
  /** Absolute path. */
  readonly path: string;
  /** What the file was when it was listed. */
  readonly identity: FileIdentity;
}

/** Called with the number of bytes moved since the last call. */
export type OnBytes = (bytes: number) => void;

export interface PushedFile {
  readonly digest: Digest;
  readonly size: number;
  /** True when the store had these bytes already. */
  readonly reused: boolean;
}

/** Where a store lies; stores of one registry take blobs from each other without moving them. */
export interface Home {
  /** The registry's origin: scheme, host and port. */
  readonly registry: string;
  readonly repository: string;
}

/** A blob of known digest on its way into a store. */
export interface BlobSource {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** The bytes from an offset on, unverified: whoever stores them verifies them. May be called again. */
  open(from: number): AsyncIterable<Uint8Array>;
  /** Where it comes from, when that is a registry. */
  readonly home?: Home | undefined;
}

/** How a blob came to be in a store: it was there, the registry took it from another repository, or it was sent. */
export type BlobArrival = "present" | "mounted" | "sent";

/** Reads what a store holds. Everything returned was checked against its digest. */
export interface ReadableStore {
  /** Name for messages, as the user wrote it. */
  readonly label: string;
  /** The store's registry and repository; undefined for one that is in no registry. */
  readonly home: Home | undefined;
  /**
   * The descriptor of a manifest by tag, by digest, or by both, which must agree.
   * @throws SlipwayError NOT_FOUND, TAG_MISMATCH, STORE_CORRUPT
   */
  resolve(name: { readonly tag?: string | undefined; readonly digest?: Digest | undefined }): Promise<Descriptor>;
  /** Whether content of this digest and size is there. */
  exists(digest: Digest, size: number): Promise<boolean>;
  /**
   * Small content, whole.
   * @param limit largest size in bytes that is read
   * @throws SlipwayError NOT_FOUND, STORE_CORRUPT
   */
  fetch(descriptor: Descriptor, limit: number): Promise<Uint8Array>;
  /**
   * Writes content of any size to a new file, verified while it is written. A failed transfer leaves no file.
   * @throws SlipwayError NOT_FOUND, STORE_CORRUPT; ContentError `no-space` or `unwritable` for the target
   */
  pullFile(descriptor: Descriptor, target: string, mode: number, onBytes: OnBytes): Promise<void>;
  /**
   * The bytes of a blob from an offset on, for copying: in pieces, not verified. A piece may be written over once two
   * further ones were asked for.
   * @throws SlipwayError NOT_FOUND, STORE_CORRUPT
   */
  read(descriptor: Descriptor, from: number): AsyncIterable<Uint8Array>;
  /** The manifests whose `subject` is this digest; evidence until verified, hints until then. */
  referrers(subject: Digest): Promise<readonly Descriptor[]>;
  /** The names of all tags; `resolve` says what each one points at. */
  tags(): Promise<readonly string[]>;
}

/** Adds to a store; nothing in it is ever overwritten. */
export interface WritableStore extends ReadableStore {
  /** Bytes that one blob may have, and who says so; undefined when there is no known limit. */
  readonly largestBlob: { readonly size: number; readonly saidBy: string } | undefined;
  /** Stores small content. */
  push(mediaType: string, bytes: Uint8Array): Promise<Descriptor>;
  /** Hashes a file and stores it unless it is there. Reads it once when it is certainly new, else twice at most. */
  pushFile(file: FileSource, onBytes: OnBytes): Promise<PushedFile>;
  /**
   * Stores a blob from another store unless it is there, verified while it comes; without moving a byte where the
   * registry has it in another repository.
   * @param onBytes hears of each byte that is moved once
   * @throws SlipwayError STORE_CORRUPT when what comes is not of that digest and size
   */
  pushBlob(source: BlobSource, onBytes: OnBytes): Promise<BlobArrival>;
  /**
   * Stores a manifest without a tag, for `hint` to point at, after everything that it names was stored. Registries
   * collect what stays so.
   */
  pushManifest(manifest: Uint8Array, mediaType: string): Promise<Descriptor>;
  /**
   * Announces a manifest under its tag, last, after everything it names was stored, and reads it back.
   * The same manifest again is success.
   * @throws SlipwayError IMMUTABLE_CONFLICT, STORE_CORRUPT, STORE_BUSY
   */
  announce(manifest: Uint8Array, mediaType: string, tag: string): Promise<Descriptor>;
  /**
   * Points a tag that decides nothing, such as a lifecycle hint, at a manifest of this store; undefined removes it.
   * @throws SlipwayError IMMUTABLE_CONFLICT for a tag that was announced, STORE_CORRUPT, STORE_BUSY
   */
  hint(tag: string, descriptor: Descriptor | undefined): Promise<void>;
}
