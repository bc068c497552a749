/** Bytes of a blob from one up to another, which is not part of it. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** Bounds for the parts in which a blob is fetched, in bytes. */
export interface PartSizes {
  readonly smallest: number;
  readonly largest: number;
}

/**
 * The next part of what nobody fetches yet. Parts follow each other, so that what is there can be hashed soon, and
 * become smaller towards the end, so that all connections end at about the same time.
 *
 * @param left what nobody fetches yet
 * @param connections how many share the work
 * @returns the beginning of `left`; undefined when nothing is left
 */
export function nextPart(
  { from, until }: Stretch,
  connections: number,
  { smallest, largest }: PartSizes,
): Stretch | undefined {
  if (from >= until) return undefined;
  // Half of a fair share: whoever is slow with it holds the others up for that long at most.
  const share = Math.ceil((until - from) / (2 * connections));
  return { from, until: Math.min(until, from + Math.min(Math.max(share, smallest), largest)) };
}

/** How far everything is there, from a byte on. */
export function reachOf(there: readonly Stretch[], from: number): number {
  let reach = from;
  for (const part of there.toSorted((a, b) => a.from - b.from)) {
    if (part.from > reach) break;
    reach = Math.max(reach, part.until);
  }
  return reach;
}
