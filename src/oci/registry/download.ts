import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { ContentError } from "../../content/index.ts";
import { isOutOfSpace, reason } from "../../errors/index.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest.ts";
import type { OnBytes } from "../store.ts";
import type { Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import { explainTransport, type HttpAnswer, type HttpRequest } from "./http/exchange.ts";
import { Passing } from "./http/persist.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { ReceivedFile } from "./transfer/index.ts";

/** What is written at once; smaller pieces cost a system call each. */
const writeBytes = 1024 * 1024;

/** Smaller blobs are verified before they are written. */
const smallBytes = 1024 * 1024;

/** Reads the blobs of one repository (distribution-spec 1.1, "Pulling blobs"). */
export class Download {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #scope: Scope;

  constructor(client: RegistryClient, repository: string) {
    this.#client = client;
    this.#repository = repository;
    this.#scope = { repository, actions: ["pull"] };
  }

  /** Size in bytes; undefined when it is not there. @throws SlipwayError REGISTRY_* */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    const answer = await this.#client.call({ method: "HEAD", to: this.#path(digest), scope: this.#scope });
    await answer.drop();
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw await refusalOf(answer, this.#client.host, `the blob ${digest}`);
    const length = answer.header("content-length");
    if (length !== undefined && /^\d{1,16}$/.test(length)) return Number(length);
    return this.#sizeByRange(digest);
  }

  /** A blob, whole and verified. @throws SlipwayError NOT_FOUND, CONTENT_ALTERED, REGISTRY_* */
  async fetch({ digest, size }: Descriptor, limit: number): Promise<Uint8Array> {
    if (size > limit) throw this.#altered(digest, `has ${size} bytes, ${limit} are allowed`);
    return this.#client.persist(async () => {
      const answer = await this.#get(digest, 0);
      // One byte more shows a blob that is longer than it should be.
      const bytes = await answer.beginning(size + 1);
      if (bytes.length < size) throw new Passing(this.#altered(digest, `ended after ${bytes.length} of ${size} bytes`));
      if (bytes.length !== size || digestOf(bytes) !== digest) throw this.#altered(digest, "has another digest");
      return bytes;
    });
  }

  /**
   * Writes a blob to a new file and verifies it while it comes. A broken connection is taken up where it broke.
   *
   * @throws SlipwayError NOT_FOUND, CONTENT_ALTERED, REGISTRY_*; ContentError for the target
   */
  async pull(descriptor: Descriptor, target: string, mode: number, onBytes: OnBytes): Promise<void> {
    const { digest, size } = descriptor;
    const small = size <= smallBytes ? await this.fetch(descriptor, smallBytes) : undefined;
    const task = { source: target, size, target };
    const file = await writing(task, () => open(target, "wx", mode));
    try {
      const landing: Landing = { file, hash: createHash("sha256"), hashed: 0, onBytes, task };
      if (small === undefined) await this.#fill({ digest, size }, landing);
      else {
        await writing(task, () => file.writeFile(small));
        onBytes(size);
      }
      await writing(task, () => file.datasync());
      await file.close();
    } catch (error) {
      await file.close().catch(() => {});
      await rm(target, { force: true });
      throw error;
    }
  }

  async #fill({ digest, size }: Blob, landing: Landing): Promise<void> {
    let written = 0;
    let sha256: string | undefined;
    while (written < size) {
      const piece = await this.#client.persist(() => this.#piece({ digest, size }, written, landing));
      written += piece.bytes;
      sha256 = piece.sha256;
    }
    sha256 ??= landing.hashed === size ? landing.hash.digest("hex") : await hashOf(landing);
    if (sha256 !== hexOf(digest)) throw this.#altered(digest, "has another digest");
  }

  /**
   * The bytes of a blob from an offset on, as they come and not verified. A broken connection is taken up where it broke.
   * @throws SlipwayError NOT_FOUND, CONTENT_ALTERED for a blob of another size, REGISTRY_*
   */
  async *read({ digest, size }: Descriptor, from: number): AsyncGenerator<Uint8Array> {
    let at = from;
    while (at < size) {
      const start = at;
      // A connection on which nothing comes is tried again as any request is; after that each brings some of the rest.
      const arrival = await this.#client.persist(() => this.#arrival({ digest, size }, start));
      try {
        for (let next: Buffer | undefined = arrival.first; next !== undefined; next = await arrival.next()) {
          at += next.length;
          if (at > size) throw this.#altered(digest, `has more than ${size} bytes`);
          yield next;
        }
      } finally {
        arrival.drop();
      }
    }
  }

  /** A connection that brings a blob from an offset on: what it brought first, and what it brings until it is cut. */
  async #arrival({ digest, size }: Pick<Descriptor, "digest" | "size">, from: number) {
    const { status, body } = await this.#get(digest, from, size);
    const explain = (error: unknown) => explainTransport(error, this.#client.url(this.#path(digest)));
    const pieces: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
    const next = async (): Promise<Buffer | undefined> => {
      const { done, value } = await pieces.next();
      return done ? undefined : value;
    };
    let skip = status === 206 ? 0 : from;
    let first: Buffer | undefined;
    while (first === undefined) {
      const piece = await next().catch((error: unknown) => {
        throw explain(error);
      });
      if (piece === undefined) throw new Passing(this.#altered(digest, `ends after ${from} of ${size} bytes`));
      if (piece.length > skip) first = piece.subarray(skip);
      else skip -= piece.length;
    }
    return {
      first,
      next: () =>
        next().catch((error: unknown) => {
          if (explain(error) === error) throw error;
          return undefined;
        }),
      drop: () => body.destroy(),
    };
  }

  /** Writes what one connection brings, and returns how much; nothing at all is a failure. */
  async #piece({ digest, size }: Blob, from: number, landing: Landing): Promise<ReceivedFile> {
    const { onBytes, task } = landing;
    const into = { target: { path: task.target, from, size }, onBytes };
    const answer = await this.#get(digest, from, size, into);
    if (answer.received !== undefined) {
      await answer.drop();
      return answer.received;
    }
    return { bytes: await this.#stream(answer, { digest, size }, from, landing), sha256: undefined };
  }

  /** Writes the body of an answer that could not go into the file by itself. */
  async #stream(answer: HttpAnswer, { digest, size }: Blob, from: number, landing: Landing): Promise<number> {
    const { file, onBytes, task } = landing;
    let skip = answer.status === 206 ? 0 : from;
    let held: Buffer[] = [];
    let [heldBytes, landed] = [0, 0];
    const land = async () => {
      if (heldBytes === 0) return;
      const pieces = held;
      await writing(task, () => writeAll(file, pieces, from + landed));
      if (landing.hashed === from + landed) {
        for (const piece of pieces) landing.hash.update(piece);
        landing.hashed += heldBytes;
      }
      landed += heldBytes;
      onBytes(heldBytes);
      held = [];
      heldBytes = 0;
    };
    try {
      for await (const chunk of answer.body) {
        let bytes: Buffer = chunk;
        if (skip > 0) {
          const skipped = Math.min(skip, bytes.length);
          skip -= skipped;
          bytes = bytes.subarray(skipped);
        }
        if (from + landed + heldBytes + bytes.length > size) throw this.#altered(digest, `has more than ${size} bytes`);
        held.push(bytes);
        heldBytes += bytes.length;
        if (heldBytes >= writeBytes) await land();
      }
      await land();
    } catch (error) {
      answer.body.destroy();
      const explained = explainTransport(error, this.#client.url(this.#path(digest)));
      if (explained === error) throw error;
      await land();
      if (landed === 0) throw explained;
      return landed;
    }
    if (landed === 0) throw new Passing(this.#altered(digest, `ends after ${from} of ${size} bytes`));
    return landed;
  }

  async #get(digest: Digest, from: number, size?: number, into?: HttpRequest["into"]): Promise<HttpAnswer> {
    const headers: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
    const answer = await this.#client.once({
      method: "GET",
      to: this.#path(digest),
      scope: this.#scope,
      headers,
      into,
    });
    if (answer.status === 200) return answer;
    if (answer.status === 206 && from > 0) {
      const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.header("content-range") ?? "");
      const whole = range?.[3] === "*" || Number(range?.[3]) === size;
      if (range !== null && Number(range[1]) === from && whole) return answer;
      await answer.drop();
      throw new Passing(
        registryError("REGISTRY_CONFUSED", `${this.#client.host} sent another part of ${digest} than it was asked for`),
      );
    }
    if (answer.status === 416 && from > 0) {
      await answer.drop();
      throw this.#altered(digest, `ends before byte ${from}`);
    }
    const name = `${this.#client.host}/${this.#repository}`;
    if (answer.status === 404) {
      await answer.drop();
      throw ociError("NOT_FOUND", `${name} has no blob ${digest}`);
    }
    throw await refusalOf(answer, this.#client.host, `the blob ${digest}`);
  }

  /** For registries whose answer to HEAD has no length. */
  async #sizeByRange(digest: Digest): Promise<number | undefined> {
    const headers = { range: "bytes=0-0" };
    const answer = await this.#client.call({ method: "GET", to: this.#path(digest), scope: this.#scope, headers });
    answer.body.destroy();
    const text =
      answer.status === 206
        ? /\/(\d{1,16})$/.exec(answer.header("content-range") ?? "")?.[1]
        : answer.header("content-length");
    return text === undefined ? undefined : Number(text);
  }

  #altered(digest: Digest, what: string) {
    return registryError("CONTENT_ALTERED", `${digest} of ${this.#client.host}/${this.#repository} ${what}`);
  }

  #path(digest: Digest): string {
    return `/v2/${this.#repository}/blobs/${digest}`;
  }
}

type Blob = Pick<Descriptor, "digest" | "size">;

/** Where a blob's bytes go. */
interface Landing {
  readonly file: FileHandle;
  /** Of the file's beginning, as far as it came in order and through here. */
  readonly hash: Hash;
  hashed: number;
  readonly onBytes: OnBytes;
  readonly task: { readonly source: string; readonly size: number; readonly target: string };
}

async function writing<T>(task: Landing["task"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ContentError(isOutOfSpace(error) ? "no-space" : "unwritable", reason(error), task);
  }
}

/** Reads a file again whose bytes came on several ways. */
async function hashOf({ task }: Landing): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(task.target, { highWaterMark: writeBytes })) hash.update(piece);
  return hash.digest("hex");
}

async function writeAll(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<void> {
  let at = position;
  let left = [...pieces];
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    left = after(left, bytesWritten);
  }
}

/** What is left of pieces behind so many bytes. */
function after(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = [];
  let skip = bytes;
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      left.push(piece.subarray(skip));
      skip = 0;
    }
  }
  return left;
}
