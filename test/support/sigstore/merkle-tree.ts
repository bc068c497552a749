import { createHash } from "node:crypto";

/** Hash of an entry (RFC 6962, 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(entry).digest();
}

/** Root of a tree over hashes of its entries. */
export function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only, ...others] = leaves;
  if (only === undefined) return createHash("sha256").digest();
  if (others.length === 0) return only;
  const half = leftHalf(leaves.length);
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(treeHash(leaves.slice(0, half)))
    .update(treeHash(leaves.slice(half)))
    .digest();
}

/** The hashes that lead from an entry to the root, the nearest first (RFC 6962, 2.1.1). */
export function inclusionPath(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length <= 1) return [];
  const half = leftHalf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...inclusionPath(left, index), treeHash(right)]
    : [...inclusionPath(right, index - half), treeHash(left)];
}

/** The largest power of two that is smaller. */
function leftHalf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
