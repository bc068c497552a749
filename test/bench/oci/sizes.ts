/** How much a scene measures with. `SLIPWAY_BENCH_ROUNDS` and `SLIPWAY_BENCH_SHRINK` make a run shorter, to try it out. */

const shrink = Number(process.env["SLIPWAY_BENCH_SHRINK"] ?? 1);

export const rounds = Number(process.env["SLIPWAY_BENCH_ROUNDS"] ?? 5);

/** Rounds of what is big, slow or without a budget: their median of 3 says enough. */
export const fewRounds = Math.min(rounds, 3);

export interface ModelSize {
  /** Bytes of all large files together, of which there are 4 unless this is 0. */
  readonly large: number;
  /** How many small files there are besides. */
  readonly small: number;
  /** Bytes of the smallest and the largest of the small ones. */
  readonly between?: readonly [number, number];
}

export function mebibytes(count: number): number {
  return Math.ceil((count * 1024 * 1024) / shrink);
}

export function gibibytes(count: number): number {
  return mebibytes(count * 1024);
}
