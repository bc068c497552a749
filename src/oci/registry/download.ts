import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { type Digest, hexOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import type { OnBytes } from "../store.ts";
import type { Blob, BlobRequests } from "./blob-requests.ts";
import { fetchParts, RangesRefused } from "./fetch-parts.ts";
import type { HttpAnswer } from "./http/exchange.ts";
import { Passing } from "./http/persist.ts";
import { hashOf, type Landing, writeAll, writing } from "./landing.ts";
import { Lanes } from "./lanes.ts";
import type { PartSizes, Stretch } from "./plan-parts.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { ReceivedFile } from "./transfer/index.ts";

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

/** Fills files with the blobs of one repository. */
export class Download {
  readonly #requests: BlobRequests;
  readonly #client: RegistryClient;
  readonly #parting: Parting;
  readonly #lanes: Lanes;
  /** Whether parts of blobs can be had; undefined until it was asked. */
  #ranges: boolean | undefined;

  constructor(requests: BlobRequests, parting: Parting = usualParting) {
    this.#requests = requests;
    this.#client = requests.client;
    this.#parting = parting;
    this.#lanes = new Lanes(parting.lanes);
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
    const small = size <= smallBytes ? await this.#requests.fetch(descriptor, smallBytes) : undefined;
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
    if (sha256 !== hexOf(digest)) throw this.#requests.altered(digest, "has another digest");
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
      const answer = await this.#requests.get(digest, stretch, size, { patience: probePatience });
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

  /** Writes what one connection brings, and returns how much; nothing at all is a failure. */
  async #piece(blob: Blob, wanted: Wanted, landing: Landing, stop: AbortSignal): Promise<ReceivedFile> {
    const { onBytes, task } = landing;
    const { from, until, hashed, exactly = false } = wanted;
    const target = { path: task.target, from, until, size: blob.size, hashed, exactly };
    const answer = await this.#requests.get(blob.digest, wanted, blob.size, { into: { target, onBytes, stop } });
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
        if (bytes.length > missing && until === size)
          throw this.#requests.altered(digest, `has more than ${size} bytes`);
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
      const explained = this.#requests.explain(error, digest);
      if (explained === error) throw error;
      await land();
      if (landed === 0) throw explained;
      return landed;
    }
    if (landed === 0) throw new Passing(this.#requests.altered(digest, `ends after ${from} of ${size} bytes`));
    return landed;
  }
}

/** What of a blob is asked for. */
interface Wanted extends Stretch {
  /** Whether it is hashed as it comes, and all before it. */
  readonly hashed: boolean;
  /** Whether more than that is no answer to it. */
  readonly exactly?: boolean;
}
