/**
 * The order of a round: each one comes first, last, and before each other one about equally often, because whoever comes
 * later finds memory and caches as the earlier ones left them.
 */
export function inTurn<T>(round: number, all: readonly T[]): readonly T[] {
  const start = round % all.length;
  const rotated = [...all.slice(start), ...all.slice(0, start)];
  // Rotation alone would let neighbours keep their order in most rounds; of two it does all that is needed.
  return all.length > 2 && round % 2 === 1 ? rotated.reverse() : rotated;
}
