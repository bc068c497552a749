import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fetchParts, RangesRefused } from "./fetch-parts.ts";
import { Lanes } from "./lanes.ts";
import type { Stretch } from "./plan-parts.ts";

const sizes = { smallest: 10, largest: 100 };

async function fetchAll(
  whole: Stretch,
  lanes: Lanes,
  fetch: (part: Stretch, exactly: boolean, stop: AbortSignal) => Promise<void> = async () => {},
) {
  const fetched: Stretch[] = [];
  const reached: number[] = [];
  let [now, most] = [0, 0];
  const fetcher = {
    fetch: async (part: Stretch, exactly: boolean, stop: AbortSignal) => {
      now += 1;
      most = Math.max(most, now);
      try {
        await nextTurn();
        await fetch(part, exactly, stop);
        fetched.push(part);
      } catch (error) {
        if (error instanceof RangesRefused) fetched.push({ from: part.from, until: part.from + error.moved });
        throw error;
      } finally {
        now -= 1;
      }
    },
    reached: async (until: number) => void reached.push(until),
  };
  using _own = lanes.enter();
  await fetchParts(whole, fetcher, lanes, sizes);
  expect(now).toBe(0);
  return { fetched, reached, most };
}

describe("parts", () => {
  it("come over all idle lanes, and give them back", async () => {
    const lanes = new Lanes(4);
    const { most, fetched, reached } = await fetchAll({ from: 5, until: 1000 }, lanes);
    expect(most).toBe(4);
    expectWhole(fetched, 5, 1000);
    expect(reached.at(-1)).toBe(1000);
    expect(reached).toEqual([...new Set(reached)].toSorted((a, b) => a - b));
    using _all = lanes.enter();
    expect(lanes.idle).toBe(true);
  });

  it("come one after the other when others need the lanes", async () => {
    const lanes = new Lanes(4);
    const others = [1, 2, 3].map(() => lanes.enter());
    expect((await fetchAll({ from: 0, until: 1000 }, lanes)).most).toBe(1);
    for (const other of others) other[Symbol.dispose]();
  });

  it("leave lanes to blobs that begin, and take those that are left", async () => {
    const lanes = new Lanes(2);
    let count = 0;
    let concurrent = 0;
    const seen: number[] = [];
    let other: Disposable | undefined;
    await fetchAll({ from: 0, until: 2000 }, lanes, async () => {
      count += 1;
      concurrent += 1;
      if (count === 4) other = lanes.enter();
      if (count === 10) other?.[Symbol.dispose]();
      await nextTurn();
      seen.push(concurrent);
      concurrent -= 1;
    });
    expect(seen.slice(0, 4)).toContain(2);
    expect(seen.slice(6, 9)).toEqual([1, 1, 1]);
    expect(seen.slice(12)).toContain(2);
  });

  it("are everything once, whichever of them are refused, and then no exact one is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3000),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(12),
        fc.nat(9),
        async (size, most, nth, moved) => {
          let count = 0;
          let after = 0;
          let refused = false;
          const { fetched } = await fetchAll({ from: 0, until: size }, new Lanes(most), async (_, exactly) => {
            count += 1;
            if (refused && exactly) after += 1;
            if (!exactly || count < nth) return;
            refused = true;
            throw new RangesRefused(moved % 2);
          });
          expectWhole(fetched, 0, size);
          expect(after).toBeLessThan(most);
        },
      ),
    );
  });

  it("stop when one of them fails, and the failure is told when all have stopped", async () => {
    const lanes = new Lanes(3);
    let stopped = 0;
    const fetching = fetchAll({ from: 0, until: 1000 }, lanes, async ({ from }, _, stop) => {
      if (from === 0) throw new Error("no");
      await new Promise<void>((_resolve, reject) => {
        const end = (): void => {
          stopped += 1;
          reject(stop.reason);
        };
        if (stop.aborted) end();
        stop.addEventListener("abort", end);
      });
    });
    await expect(fetching).rejects.toThrow("no");
    expect(stopped).toBe(2);
    expect(lanes.idle).toBe(true);
  });
});

function expectWhole(parts: readonly Stretch[], from: number, until: number): void {
  let at = from;
  for (const part of parts.filter((one) => one.until > one.from).toSorted((a, b) => a.from - b.from)) {
    expect(part.from).toBe(at);
    at = part.until;
  }
  expect(at).toBe(until);
}
