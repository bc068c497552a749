import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Source } from "./answer.ts";
import type { Algorithm } from "./grammar.ts";

export interface Storage {
  /** Content up to this size lies in memory, larger in files of a temporary directory. */
  readonly memoryBytes: number;
  /** Of content above this size only the digest and the size are kept; it can be read if it was nothing but zeros. */
  readonly discardAbove: number;
}

const zeros = Buffer.alloc(1024 * 1024);

/** Where all the bytes of one registry lie, until it is disposed of. */
export class Contents implements AsyncDisposable {
  readonly #storage: Storage;
  readonly #hashes: boolean;
  readonly #open = new Set<Content>();
  #directory: Promise<string> | undefined;
  #files = 0;

  /** @param hashes false where nobody will ask for a digest: receiving is several times as fast */
  constructor(storage: Storage, hashes: boolean) {
    this.#storage = storage;
    this.#hashes = hashes;
  }

  create(algorithm: Algorithm): Content {
    const content = new Content(algorithm, this.#storage, this.#hashes, () => this.#file());
    this.#open.add(content);
    return content;
  }

  async #file(): Promise<FileHandle> {
    this.#directory ??= mkdtemp(join(tmpdir(), "slipway-test-registry-"));
    this.#files += 1;
    return open(join(await this.#directory, String(this.#files)), "wx+");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const content of this.#open) await content[Symbol.asyncDispose]();
    if (this.#directory !== undefined) await rm(await this.#directory, { recursive: true, force: true });
  }
}

/** A place in content to which it can go back. */
export interface Mark {
  readonly size: number;
  readonly hash: Hash | undefined;
}

/** Bytes that grow at their end, are hashed as they come unless nobody wants that, and can be read anywhere. */
export class Content implements Source, AsyncDisposable {
  readonly algorithm: Algorithm;
  readonly #storage: Storage;
  readonly #create: () => Promise<FileHandle>;
  #hash: Hash | undefined;
  #size = 0;
  #pieces: Uint8Array[] = [];
  #file: FileHandle | undefined;
  #discarded = false;
  #onlyZeros = true;

  constructor(algorithm: Algorithm, storage: Storage, hashes: boolean, create: () => Promise<FileHandle>) {
    this.algorithm = algorithm;
    this.#storage = storage;
    this.#create = create;
    this.#hash = hashes ? createHash(algorithm) : undefined;
  }

  get size(): number {
    return this.#size;
  }

  /** False for what was discarded and cannot be made again. */
  get readable(): boolean {
    return !this.#discarded || this.#onlyZeros;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const size = this.#size + bytes.length;
    this.#hash?.update(bytes);
    this.#onlyZeros &&= isZero(bytes);
    if (this.#discarded || size > this.#storage.discardAbove) await this.#discard();
    else if (this.#file !== undefined || size > this.#storage.memoryBytes) await this.#write(bytes);
    // A buffer of the network may be used again once it was handed on.
    else this.#pieces.push(Uint8Array.from(bytes));
    this.#size = size;
  }

  mark(): Mark {
    return { size: this.#size, hash: this.#hash?.copy() };
  }

  /** Forgets what came after the mark, which is one of this content. */
  async goBack({ size, hash }: Mark): Promise<void> {
    this.#size = size;
    this.#hash = hash?.copy();
    if (!this.#discarded) await this.#file?.truncate(size);
    const kept: Uint8Array[] = [];
    let at = 0;
    for (const piece of this.#pieces) {
      if (at < size) kept.push(piece.subarray(0, size - at));
      at += piece.length;
    }
    this.#pieces = kept;
  }

  /** Undefined where the bytes would have to be read again, and cannot be. */
  async digest(algorithm: Algorithm): Promise<string | undefined> {
    if (this.#hash !== undefined && algorithm === this.algorithm)
      return `${algorithm}:${this.#hash.copy().digest("hex")}`;
    if (!this.readable) return undefined;
    const hash = createHash(algorithm);
    for await (const piece of this.read(0, this.#size)) hash.update(piece);
    return `${algorithm}:${hash.digest("hex")}`;
  }

  async *read(from: number, to: number): AsyncGenerator<Uint8Array> {
    if (this.#discarded) yield* zerosOf(to - from);
    else if (this.#file !== undefined) yield* piecesOf(this.#file, from, to);
    else {
      let at = 0;
      for (const piece of this.#pieces) {
        if (at < to && at + piece.length > from) yield piece.subarray(Math.max(0, from - at), to - at);
        at += piece.length;
      }
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await this.#create();
      await writeAt(this.#file, Buffer.concat(this.#pieces), 0);
      this.#pieces = [];
    }
    await writeAt(this.#file, bytes, this.#size);
  }

  async #discard(): Promise<void> {
    this.#discarded = true;
    this.#pieces = [];
    // The name stays until the registry ends, and takes no room.
    await this.#file?.truncate(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function* piecesOf(file: FileHandle, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(256 * 1024, to - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) throw new Error("a stored blob became shorter");
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function* zerosOf(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
}

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
