import { constants } from "node:fs";
import { appendFile, link, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stagingName, sweepStaging } from "../../content/index.ts";
import { isOutOfSpace, reason, type SlipwayError, systemCode } from "../../errors/index.ts";
import { type Digest, hexOf, isDigest } from "../digest.ts";
import { ociError } from "../errors.ts";
import { formatReference, type LayoutReference } from "../reference.ts";
import { emptyIndexFile, encodeIndexFile, layoutMarker, maxIndexFileBytes, requireLayoutMarker } from "./index-file.ts";
import { type LockOptions, withLock } from "./lock.ts";

/** Where Slipway keeps its lock and unfinished files inside a layout; other tools ignore it. */
const privateName = ".slipway";
const draftPrefix = "ingest";
const recordName = "announced";
/** Larger than what a socket takes at once, so that reading does not hold up sending. */
const pieceBytes = 256 * 1024;
/** One is sent, one waits, one is read, and one is to spare. */
const pieces = 4;
const ownNames = ["blobs", "index.json", "oci-layout", privateName];

/**
 * The files of an image layout (image-spec, image-layout.md): where things lie, and how they get there so that
 * nobody ever sees half of one. Knows no manifests.
 *
 * Every method may throw STORE_FULL and STORE_UNREADABLE.
 */
export class LayoutDirectory {
  #swept: Promise<unknown> | undefined;
  /** The reference without tag and digest, for messages. */
  readonly label: string;
  readonly #path: string;

  constructor(reference: LayoutReference) {
    this.label = formatReference({ ...reference, tag: undefined, digest: undefined });
    this.#path = reference.directory;
  }

  /** Holds the lock and unfinished files. */
  get privatePath(): string {
    return join(this.#path, privateName);
  }

  get #blobs(): string {
    return join(this.#path, "blobs", "sha256");
  }

  blobPath(digest: Digest): string {
    return join(this.#blobs, hexOf(digest));
  }

  /** @throws SlipwayError STORE_NOT_FOUND, STORE_NOT_LAYOUT, STORE_CORRUPT */
  async requireLayout(): Promise<void> {
    const names = await this.#names();
    if (names === undefined) throw ociError("STORE_NOT_FOUND", `there is no directory ${this.#written()}`);
    if (!names.includes("oci-layout")) {
      throw ociError("STORE_NOT_LAYOUT", `${this.#written()} is not an image layout: it has no file oci-layout`);
    }
    requireLayoutMarker(await this.read("oci-layout", 4096), this.label);
  }

  /**
   * Makes a layout in a directory that is new, empty, or holds nothing but the beginnings of one.
   * @throws SlipwayError STORE_NOT_LAYOUT
   */
  async create(): Promise<void> {
    const names = (await this.#names()) ?? [];
    if (!names.includes("oci-layout")) {
      const foreign = names.find((name) => !ownNames.includes(name));
      if (foreign !== undefined) {
        throw ociError("STORE_NOT_LAYOUT", `${this.#written()} holds other files (${foreign}) and no oci-layout`);
      }
      await this.#makeBlobDirectory();
      // The marker comes last: a directory that has it is complete.
      await this.#createFile("index.json", encodeIndexFile(emptyIndexFile));
      await this.#createFile("oci-layout", layoutMarker);
    }
    // Version control, and tools that copy, drop a directory that is empty.
    await this.#makeBlobDirectory();
    this.#swept ??= sweepStaging(this.privatePath, draftPrefix);
    await this.#swept;
  }

  /** A file of the layout as text. @throws SlipwayError STORE_CORRUPT when it is missing or larger than `limit` */
  async read(name: string, limit: number): Promise<string> {
    const found = await this.#access(() => readRegularFile(join(this.#path, name), limit));
    if (found === undefined) {
      throw ociError("STORE_CORRUPT", `${this.label} has no ${name}: it is half written or was damaged`);
    }
    if (found.bytes === undefined) {
      const what = found.size > limit ? `larger than ${limit} bytes` : "not a regular file";
      throw ociError("STORE_CORRUPT", `${name} of ${this.label} is ${what}`);
    }
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(found.bytes);
    } catch (cause) {
      throw ociError("STORE_CORRUPT", `${name} of ${this.label} is not UTF-8`, { cause });
    }
  }

  /** Runs `work` alone among the processes that change the layout. @throws SlipwayError STORE_BUSY */
  async locked<T>(options: LockOptions, work: (requireHeld: () => Promise<void>) => Promise<T>): Promise<T> {
    return this.#write(() => withLock(this.privatePath, options, work));
  }

  /** Replaces index.json in one step. The caller holds the lock. */
  async replaceIndex(text: string): Promise<void> {
    const size = Buffer.byteLength(text);
    if (size > maxIndexFileBytes) {
      throw ociError(
        "MANIFEST_TOO_LARGE",
        `index.json of ${this.label} would have ${size} bytes, ${maxIndexFileBytes} are read`,
        {
          remedy: "Use another directory for further releases.",
        },
      );
    }
    await this.withDraft(async (draft) => {
      // After a power failure too, the index must not name what is not there.
      await flushDirectory(this.#blobs);
      await writeFile(draft, text, { flag: "wx", flush: true });
      await rename(draft, join(this.#path, "index.json"));
      await flushDirectory(this.#path);
    });
  }

  /** Notes that a tag was announced. The caller holds the lock, and the tag is in index.json. */
  async record(tag: string, digest: Digest): Promise<void> {
    const text = await this.#recordText();
    if (tagsOf(text).get(tag) === digest) return;
    // A line that a crash cut off must not swallow the next one.
    const separator = text === "" || text.endsWith("\n") ? "" : "\n";
    const line = `${separator}${tag} ${digest}\n`;
    await this.#write(() => appendFile(join(this.privatePath, recordName), line, { flush: true }));
  }

  /** The tags that were announced, and their digests: the layout's own memory of what index.json must hold. */
  async recorded(): Promise<ReadonlyMap<string, Digest>> {
    return tagsOf(await this.#recordText());
  }

  /** The bytes of a blob; undefined when it is not there or has another size. Not checked against the digest. */
  async readBlob(digest: Digest, size: number): Promise<Uint8Array | undefined> {
    const found = await this.#access(() => readRegularFile(this.blobPath(digest), size));
    return found?.bytes?.length === size ? found.bytes : undefined;
  }

  /** The bytes of a blob from an offset on. A piece is written over once two further ones were asked for. */
  async *readPieces(digest: Digest, from: number): AsyncGenerator<Uint8Array> {
    const file = await this.#access(() => open(this.blobPath(digest), "r"));
    try {
      const ring = Array.from({ length: pieces }, () => Buffer.allocUnsafeSlow(pieceBytes));
      let at = from;
      for (let turn = 0; ; turn += 1) {
        const buffer = ring[turn % pieces] ?? Buffer.allocUnsafeSlow(pieceBytes);
        const { bytesRead } = await this.#access(() => file.read(buffer, 0, pieceBytes, at));
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async sizeOfBlob(digest: Digest): Promise<number | undefined> {
    return this.#access(async () => {
      try {
        const found = await stat(this.blobPath(digest));
        return found.isFile() ? found.size : undefined;
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  /** Sizes that blobs of this layout have. */
  async blobSizes(): Promise<Set<number>> {
    return this.#access(async () => {
      const sizes = new Set<number>();
      for (const name of await readdir(this.#blobs)) {
        try {
          sizes.add((await stat(join(this.#blobs, name))).size);
        } catch (error) {
          if (systemCode(error) !== "ENOENT") throw error;
        }
      }
      return sizes;
    });
  }

  /** Moves a complete, flushed file to where the blob of this digest lies. */
  async installBlob(draft: string, digest: Digest): Promise<void> {
    await this.#write(() => rename(draft, this.blobPath(digest)));
  }

  /**
   * Gives `work` the path of a file to write, on the layout's own file system; removes what is left of it, and the first
   * time what killed processes left.
   */
  async withDraft<T>(work: (draft: string) => Promise<T>): Promise<T> {
    const draft = join(this.privatePath, stagingName(draftPrefix));
    return this.#write(async () => {
      await mkdir(this.privatePath, { recursive: true });
      this.#swept ??= sweepStaging(this.privatePath, draftPrefix);
      await this.#swept;
      try {
        return await work(draft);
      } finally {
        await rm(draft, { force: true });
      }
    });
  }

  /** The error for a disk without room. */
  full(cause: unknown): SlipwayError {
    return ociError("STORE_FULL", `no room left while writing to ${this.label}: ${reason(cause)}`, { cause });
  }

  async #makeBlobDirectory(): Promise<void> {
    await this.#write(() => mkdir(this.#blobs, { recursive: true }));
  }

  async #createFile(name: string, text: string): Promise<void> {
    await this.withDraft(async (draft) => {
      await writeFile(draft, text, { flag: "wx", flush: true });
      try {
        // Unlike rename, link never replaces: of two processes that create one layout, the slower cannot wipe what
        // the faster has announced.
        await link(draft, join(this.#path, name));
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
    });
  }

  async #recordText(): Promise<string> {
    const found = await this.#access(() => readRegularFile(join(this.privatePath, recordName), maxIndexFileBytes));
    if (found === undefined) return "";
    if (found.bytes !== undefined) return Buffer.from(found.bytes).toString("utf8");
    throw ociError(
      "STORE_CORRUPT",
      `${privateName}/${recordName} of ${this.label} is larger than ${maxIndexFileBytes} bytes or no file`,
    );
  }

  async #names(): Promise<string[] | undefined> {
    return this.#access(async () => {
      try {
        return await readdir(this.#path);
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined;
        if (systemCode(error) === "ENOTDIR") throw ociError("STORE_NOT_LAYOUT", `${this.#written()} is a file`);
        throw error;
      }
    });
  }

  #written(): string {
    return this.label.slice("oci:".length);
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    return this.#access(async () => {
      try {
        return await work();
      } catch (error) {
        throw isOutOfSpace(error) ? this.full(error) : error;
      }
    });
  }

  /** What the file system refuses is a matter of the store and its directory, not a bug. */
  async #access<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      throw ociError("STORE_UNREADABLE", `${this.label}: ${reason(error)}`, { cause: error });
    }
  }
}

interface FoundFile {
  readonly size: number;
  /** Undefined when it is larger than was allowed, or no regular file: a pipe or a device would have no end. */
  readonly bytes: Uint8Array | undefined;
}

/** The bytes of a file as it was when it was opened, or less when it is cut meanwhile; undefined when there is none. */
async function readRegularFile(path: string, limit: number): Promise<FoundFile | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile() || found.size > limit) return { size: found.size, bytes: undefined };
    const buffer = Buffer.alloc(found.size);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { size: found.size, bytes: buffer.subarray(0, length) };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** One line for each tag; of two lines for one tag the later counts, and a line that was cut off does not. */
function tagsOf(record: string): Map<string, Digest> {
  const tags = new Map<string, Digest>();
  for (const line of record.split("\n")) {
    const [tag, digest] = line.split(" ");
    if (tag !== undefined && digest !== undefined && isDigest(digest)) tags.set(tag, digest);
  }
  return tags;
}

/** Makes a rename survive a power failure. Some file systems cannot flush a directory; they need not. */
async function flushDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path, "r");
    await directory.sync();
  } catch {
    // Durability of the last index update is then up to the file system; the content is still right or absent.
  }
}
