/** How far a piece of work is, at one moment. */
export interface Reading {
  readonly done: number;
  readonly total: number | undefined;
  /** Over the last seconds; undefined until there is enough to tell. */
  readonly bytesPerSecond: number | undefined;
  readonly remainingMilliseconds: number | undefined;
}

export interface Meter {
  advance(bytes: number): void;
  read(): Reading;
}

const windowMilliseconds = 10_000;
const sampleMilliseconds = 250;

/**
 * Measures bytes over time. The rate is that of the last ten seconds: an average since the start would hide that a
 * transfer has stalled.
 *
 * @param total in bytes, undefined when it is not known
 * @param now milliseconds that never go back
 */
export function createMeter(total: number | undefined, now: () => number): Meter {
  let done = 0;
  let samples = [{ at: now(), done: 0 }];
  const sample = () => {
    const at = now();
    const latest = samples[samples.length - 1];
    if (latest !== undefined && at - latest.at < sampleMilliseconds) return;
    samples = [...samples.filter((each) => at - each.at <= windowMilliseconds), { at, done }];
  };
  return {
    advance(bytes) {
      done += bytes;
      sample();
    },
    read() {
      sample();
      const first = samples[0];
      const elapsed = first === undefined ? 0 : now() - first.at;
      const rate = first === undefined || elapsed < 1000 ? undefined : ((done - first.done) * 1000) / elapsed;
      return { done, total, bytesPerSecond: rate, remainingMilliseconds: remaining(done, total, rate) };
    },
  };
}

function remaining(done: number, total: number | undefined, rate: number | undefined): number | undefined {
  if (total === undefined || rate === undefined || rate <= 0 || done >= total) return undefined;
  return ((total - done) / rate) * 1000;
}
