import type { Lanes } from "./lanes.ts";
import { nextPart, type PartSizes, reachOf, type Stretch } from "./plan-parts.ts";

/** A server that was asked for a part and answered with something else: it is not asked for parts again. */
export class RangesRefused extends Error {
  /** Bytes of the part that came before that. */
  readonly moved: number;

  constructor(moved = 0) {
    super("the server does not send parts as it is asked to");
    this.moved = moved;
  }
}

/** What fetches the parts of a blob. */
export interface PartFetcher {
  /**
   * Fetches a stretch, all of it.
   *
   * @param exactly whether an answer with more than the stretch is refused
   * @throws RangesRefused only when it is
   */
  fetch(stretch: Stretch, exactly: boolean, stop: AbortSignal): Promise<void>;
  /** Told that everything up to a byte is there; one call at a time. */
  reached(until: number, stop: AbortSignal): Promise<void>;
}

/**
 * Fetches a stretch of a blob over the blob's own lane and the idle ones. Resolves when all of it is there and was
 * reached; rejects with the first failure, when everything else has stopped.
 */
export async function fetchParts(whole: Stretch, fetcher: PartFetcher, lanes: Lanes, sizes: PartSizes): Promise<void> {
  const stop = new AbortController();
  const there: Stretch[] = [];
  /** Stretches that were begun and given back. */
  let back: Stretch[] = [];
  let left = whole;
  let refused = false;
  let failure: { readonly error: unknown } | undefined;
  let reach = whole.from;
  let following = false;
  let followed: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    failure ??= { error };
    stop.abort();
  };
  const claim = (): Stretch | undefined => {
    const returned = back.shift();
    if (returned !== undefined) return returned;
    // One connection alone is best left to go on.
    const part = refused ? left : nextPart(left, lanes.most, sizes);
    if (part === undefined || part.from >= part.until) return undefined;
    left = { from: part.until, until: left.until };
    return part;
  };
  const follow = async (): Promise<void> => {
    following = true;
    try {
      for (let until = reachOf(there, reach); until > reach; until = reachOf(there, reach)) {
        await fetcher.reached(until, stop.signal);
        reach = until;
      }
    } catch (error) {
      fail(error);
    } finally {
      following = false;
    }
  };
  const fetch = async (part: Stretch): Promise<void> => {
    hire();
    try {
      await fetcher.fetch(part, !refused, stop.signal);
      there.push(part);
    } catch (error) {
      if (!(error instanceof RangesRefused)) throw error;
      refused = true;
      const at = part.from + error.moved;
      if (at > part.from) there.push({ from: part.from, until: at });
      back = [...back, { from: at, until: part.until }];
    }
    if (!following && failure === undefined) followed = follow();
  };
  const hired = new Set<Promise<void>>();
  const hire = (): void => {
    while (!refused && failure === undefined && left.from < left.until) {
      const lane = lanes.borrow();
      if (lane === undefined) return;
      const work = help().finally(() => {
        lane[Symbol.dispose]();
        hired.delete(work);
      });
      hired.add(work);
    }
  };
  const help = async (): Promise<void> => {
    try {
      while (!refused && !lanes.crowded && failure === undefined) {
        const part = claim();
        if (part === undefined) return;
        await fetch(part);
      }
    } catch (error) {
      fail(error);
    }
  };
  const lead = async (): Promise<void> => {
    try {
      for (let part = claim(); part !== undefined && failure === undefined; part = claim()) {
        await fetch(part);
      }
    } catch (error) {
      fail(error);
    }
  };

  while (failure === undefined && (back.length > 0 || left.from < left.until)) {
    await lead();
    // What a helper gives back falls to the blob's own lane.
    await Promise.all(hired);
  }
  await Promise.all(hired);
  await followed;
  if (failure !== undefined) throw failure.error;
}
