import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest.ts";
import type { OnBytes } from "../store.ts";
import type { Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import { fetchParts, RangesRefused } from "./fetch-parts.ts";
import { explainTransport, type HttpAnswer, type HttpRequest } from "./http/exchange.ts";
import { Passing } from "./http/persist.ts";
import { hashOf, type Landing, writeAll, writing } from "./landing.ts";
import { Lanes } from "./lanes.ts";
import type { PartSizes, Stretch } from "./plan-parts.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { ReceivedFile } from "./transfer/index.ts";
import { mostBody } from "./wire/index.ts";

/** What is written at once; smaller pieces cost a system call each. */
const writeBytes = 1024 * 1024;

/** Smaller blobs are verified before they are written. */
const smallBytes = 1024 * 1024;

/** When and how a large blob is fetched in parts, in bytes and connections. */
export interface Parting extends PartSizes {
  /** Connections for large blobs at once, as long as there are not more blobs than that. */
  readonly lanes: number;
  /** What comes in one stream before anything is asked for beside it. */
  readonly first: number;
  /** What must be left for parts to be worth their connections. */
  readonly worthwhile: number;
}

const MiB = 1024 ** 2;
const usualParting: Parting = {
  lanes: 4,
  first: 16 * MiB,
  worthwhile: 128 * MiB,
  smallest: 32 * MiB,
  largest: 512 * MiB,
};

/** How long a server that may not know ranges is asked about them, in milliseconds. */
const probePatience = 10_000;

/** Reads the blobs of one repository (distribution-spec 1.1, "Pulling blobs"). */
export class Download {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #scope: Scope;
  readonly #parting: Parting;
  readonly #lanes: Lanes;
  /** Whether parts of blobs can be had; undefined until it was asked. */
  #ranges: boolean | undefined;

  constructor(client: RegistryClient, repository: string, parting: Parting = usualParting) {
    this.#client = client;
    this.#repository = repository;
    this.#scope = { repository, actions: ["pull"] };
    this.#parting = parting;
    this.#lanes = new Lanes(parting.lanes);
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
      const answer = await this.#get(digest, { from: 0 });
      // One byte more shows a blob that is longer than it should be.
      const bytes = await answer.beginning(size + 1);
      if (bytes.length < size) throw new Passing(this.#altered(digest, `ended after ${bytes.length} of ${size} bytes`));
      if (bytes.length !== size || digestOf(bytes) !== digest) throw this.#altered(digest, "has another digest");
      return bytes;
    });
  }

  /**
   * Writes a blob to a new file and verifies it while it comes. A broken connection is taken up where it broke. What is
   * large comes in parts on several connections where no other large blobs need them.
   *
   * @throws SlipwayError NOT_FOUND, CONTENT_ALTERED, REGISTRY_*; ContentError for the target
   */
  async pull(descriptor: Descriptor, target: string, mode: number, onBytes: OnBytes): Promise<void> {
    const { digest, size } = descriptor;
    using _lane = size > this.#parting.worthwhile ? this.#lanes.enter() : undefined;
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

  async #fill(blob: Blob, landing: Landing): Promise<void> {
    const { digest, size } = blob;
    const stop = new AbortController();
    const watched = this.#watch(blob, landing, () => stop.abort());
    let written = 0;
    let sha256: string | undefined;
    while (written < size && !stop.signal.aborted) {
      const piece = await this.#next(blob, { from: written, until: size, hashed: true }, watched, stop.signal);
      written += piece.bytes;
      sha256 = piece.sha256;
    }
    if (written < size) sha256 = await this.#fillInParts(blob, written, landing);
    sha256 ??= watched.hashed === size ? watched.hash.digest("hex") : await hashOf(watched);
    if (sha256 !== hexOf(digest)) throw this.#altered(digest, "has another digest");
  }

  /** Looks at a stream while it comes, and says once when the rest is better fetched in parts. */
  #watch({ digest, size }: Blob, landing: Landing, onWorthParts: () => void): Landing {
    const { first, worthwhile } = this.#parting;
    let at = 0;
    let asking = false;
    const worthParts = () => at >= first && size - at > worthwhile && this.#lanes.idle;
    const consider = async () => {
      asking = true;
      this.#ranges ??= await this.#knowsRanges(digest, size);
      if (this.#ranges === undefined) return;
      if (worthParts() && this.#ranges) onWorthParts();
      else asking = false;
    };
    return {
      ...landing,
      onBytes: (bytes) => {
        landing.onBytes(bytes);
        at += bytes;
        if (!asking && this.#ranges !== false && this.#client.threads && worthParts()) void consider();
      },
    };
  }

  /** Asks for the last byte of a blob: whoever does not answer with it alone is not asked for parts. */
  async #knowsRanges(digest: Digest, size: number): Promise<boolean | undefined> {
    const stretch = { from: size - 1, until: size, exactly: true };
    try {
      const answer = await this.#get(digest, stretch, size, { patience: probePatience });
      await answer.drop();
      return true;
    } catch (error) {
      // Whatever else it is, the stream that is under way goes on.
      return error instanceof RangesRefused ? false : undefined;
    }
  }

  /** @returns the hash of the whole */
  async #fillInParts(blob: Blob, from: number, landing: Landing): Promise<string | undefined> {
    const { task } = landing;
    const whole = { from, until: blob.size };
    let sha256: string | undefined;
    const fetcher = {
      fetch: (part: Stretch, exactly: boolean, stop: AbortSignal) => this.#part(blob, part, exactly, landing, stop),
      reached: async (to: number, stop: AbortSignal) => {
        const signal = AbortSignal.any([this.#client.signal, stop]);
        sha256 = await this.#client.threads?.hashReceived({ path: task.target, to, size: blob.size }, signal);
      },
    };
    await fetchParts(whole, fetcher, this.#lanes, this.#parting);
    return sha256;
  }

  async #part(blob: Blob, part: Stretch, exactly: boolean, landing: Landing, stop: AbortSignal): Promise<void> {
    for (let at = part.from; at < part.until; ) {
      const rest = { from: at, until: part.until, hashed: false, exactly };
      try {
        at += (await this.#next(blob, rest, landing, stop)).bytes;
      } catch (error) {
        if (!(error instanceof RangesRefused)) throw error;
        this.#ranges = false;
        throw new RangesRefused(at - part.from);
      }
      stop.throwIfAborted();
    }
  }

  /** What one connection brings of a stretch; nothing when it was stopped before it brought any. */
  async #next(blob: Blob, wanted: Wanted, landing: Landing, stop: AbortSignal): Promise<ReceivedFile> {
    const signal = AbortSignal.any([this.#client.signal, stop]);
    let piece: Promise<ReceivedFile> | undefined;
    const fetch = () => {
      piece = this.#piece(blob, wanted, landing, stop);
      return piece;
    };
    try {
      return await this.#client.persist(fetch, signal);
    } catch (error) {
      // An abort is heard at once; nothing may write to the file any more when this returns.
      const last = await piece?.catch(() => undefined);
      this.#client.signal.throwIfAborted();
      if (stop.aborted) return last ?? { bytes: 0, sha256: undefined };
      throw error;
    }
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
    const { status, body } = await this.#get(digest, { from }, size);
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
  async #piece(blob: Blob, wanted: Wanted, landing: Landing, stop: AbortSignal): Promise<ReceivedFile> {
    const { onBytes, task } = landing;
    const { from, until, hashed, exactly = false } = wanted;
    const target = { path: task.target, from, until, size: blob.size, hashed, exactly };
    const answer = await this.#get(blob.digest, wanted, blob.size, { into: { target, onBytes, stop } });
    if (answer.received !== undefined) {
      await answer.drop();
      return answer.received;
    }
    return { bytes: await this.#stream(answer, blob, wanted, landing, stop), sha256: undefined };
  }

  /** Writes the body of an answer that could not go into the file by itself. */
  async #stream(
    answer: HttpAnswer,
    { digest, size }: Blob,
    { from, until, hashed }: Wanted,
    landing: Landing,
    stop: AbortSignal,
  ): Promise<number> {
    const { file, onBytes, task } = landing;
    let skip = answer.status === 206 ? 0 : from;
    let held: Buffer[] = [];
    let [heldBytes, landed] = [0, 0];
    const land = async () => {
      if (heldBytes === 0) return;
      const pieces = held;
      await writing(task, () => writeAll(file, pieces, from + landed));
      if (hashed && landing.hashed === from + landed) {
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
        const missing = until - from - landed - heldBytes;
        if (bytes.length > missing && until === size) throw this.#altered(digest, `has more than ${size} bytes`);
        bytes = bytes.subarray(0, missing);
        held.push(bytes);
        heldBytes += bytes.length;
        if (heldBytes >= writeBytes) await land();
        // The end of the blob is waited for, because what comes behind it has to be noticed.
        if (stop.aborted || (until < size && bytes.length === missing)) break;
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

  /** Asks for a blob from an offset on, or for exactly a part of it. */
  async #get(
    digest: Digest,
    { from, until, exactly = false }: Pick<Wanted, "from" | "exactly"> & { readonly until?: number },
    size?: number,
    options: Pick<HttpRequest, "into" | "patience"> = {},
  ): Promise<HttpAnswer> {
    const end = exactly && until !== undefined ? until - 1 : "";
    const headers: Record<string, string> = exactly || from > 0 ? { range: `bytes=${from}-${end}` } : {};
    const answer = await this.#client.once({
      method: "GET",
      to: this.#path(digest),
      scope: this.#scope,
      headers,
      long: size !== undefined && size > mostBody,
      ...options,
    });
    if (answer.status === 200) {
      if (!exactly) return answer;
      await answer.drop();
      throw new RangesRefused();
    }
    if (answer.status === 206 && (exactly || from > 0)) {
      const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(answer.header("content-range") ?? "");
      const whole = range?.[3] === "*" || Number(range?.[3]) === size;
      const [first, last] = [Number(range?.[1]), Number(range?.[2])];
      const fits = first === from && last >= first && (!exactly || until === undefined || last < until);
      if (range !== null && whole && fits) return answer;
      await answer.drop();
      if (exactly) throw new RangesRefused();
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

/** What of a blob is asked for. */
interface Wanted extends Stretch {
  /** Whether it is hashed as it comes, and all before it. */
  readonly hashed: boolean;
  /** Whether more than that is no answer to it. */
  readonly exactly?: boolean;
}
