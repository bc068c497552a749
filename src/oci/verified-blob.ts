import { createHash } from "node:crypto";
import { hexOf } from "./digest.ts";
import { ociError } from "./errors.ts";
import type { BlobSource, OnBytes } from "./store.ts";

/**
 * A blob's bytes, checked while they pass: the last piece is given on only when the whole has the digest. They may be
 * opened again, after a failure, from the start or from where they were left; each byte is hashed and counted once.
 */
export class VerifiedBlob {
  readonly #source: BlobSource;
  readonly #onBytes: OnBytes;
  readonly #hash = createHash("sha256");
  #hashed = 0;
  #reported = 0;

  constructor(source: BlobSource, onBytes: OnBytes) {
    this.#source = source;
    this.#onBytes = onBytes;
  }

  /**
   * @param from offset of the first byte; what was not seen yet of the bytes before is read, hashed and not given
   * @throws SlipwayError STORE_CORRUPT for other content than the digest says, and for more or less of it
   */
  async *open(from: number): AsyncGenerator<Uint8Array> {
    const { digest, size } = this.#source;
    let at = Math.min(from, this.#hashed);
    if (size === 0) this.#requireDigest();
    for await (const piece of this.#source.open(at)) {
      this.#add(piece, at);
      const wanted = piece.subarray(Math.max(0, from - at));
      at += piece.length;
      if (at > size) throw ociError("STORE_CORRUPT", `what came for ${digest} has more than ${size} bytes`);
      if (at === size) this.#requireDigest();
      if (wanted.length > 0) yield wanted;
      this.#report(at);
    }
    if (at < size) throw ociError("STORE_CORRUPT", `what came for ${digest} ended after ${at} of ${size} bytes`);
  }

  #add(piece: Uint8Array, at: number): void {
    const known = this.#hashed - at;
    if (known < 0 || known >= piece.length) return;
    this.#hash.update(known === 0 ? piece : piece.subarray(known));
    this.#hashed = at + piece.length;
  }

  #requireDigest(): void {
    const { digest, size } = this.#source;
    const found = this.#hash.copy().digest("hex");
    if (this.#hashed === size && found === hexOf(digest)) return;
    throw ociError("STORE_CORRUPT", `what came for ${digest} has another digest`);
  }

  #report(at: number): void {
    if (at <= this.#reported) return;
    this.#onBytes(at - this.#reported);
    this.#reported = at;
  }
}
