import { createHash } from "node:crypto";

/** Where a leaf is in a tree, and what else its root was made of. */
interface InclusionProof {
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly root: Buffer;
  /** From the leaf's neighbour upwards. */
  readonly hashes: readonly Buffer[];
}

/** A log that only grows (RFC 6962, section 2.1, with SHA-256). */
export class MerkleLog {
  readonly #leaves: Buffer[] = [];

  /** @returns the index of the new leaf */
  append(leaf: Uint8Array): number {
    return this.#leaves.push(leafHash(leaf)) - 1;
  }

  /** Proves that a leaf is in the tree as it is now. */
  prove(leafIndex: number): InclusionProof {
    if (leafIndex < 0 || leafIndex >= this.#leaves.length) throw new Error(`the log has no leaf ${leafIndex}`);
    return {
      leafIndex,
      treeSize: this.#leaves.length,
      root: rootOf(this.#leaves),
      hashes: pathTo(leafIndex, this.#leaves),
    };
  }
}

export function leafHash(leaf: Uint8Array): Buffer {
  return createHash("sha256").update(Uint8Array.of(0)).update(leaf).digest();
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  return createHash("sha256")
    .update(Uint8Array.of(1))
    .update(rootOf(leaves.slice(0, split)))
    .update(rootOf(leaves.slice(split)))
    .digest();
}

function pathTo(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathTo(index, left), rootOf(right)] : [...pathTo(index - split, right), rootOf(left)];
}

/** The largest power of two that is smaller than the number of leaves. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
