import type { Digest } from "../digest.ts";

/**
 * What one process has read and verified, by its digest, so that nothing in it can change. The oldest makes room; what
 * would take a quarter of it all is not kept.
 */
export class ContentMemory<T> {
  readonly #most: number;
  readonly #kept = new Map<Digest, { readonly value: T; readonly size: number }>();
  #size = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  get(digest: Digest): T | undefined {
    return this.#kept.get(digest)?.value;
  }

  /** @param size bytes that the value takes */
  keep(digest: Digest, value: T, size: number): void {
    if (size > this.#most / 4 || this.#kept.has(digest)) return;
    this.#kept.set(digest, { value, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#kept) {
      if (this.#size <= this.#most) break;
      this.#kept.delete(oldest);
      this.#size -= freed;
    }
  }
}
