import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/refusal.ts";
import { inParallel } from "./in-parallel.ts";

const nothing = async (): Promise<void> => {};

test("results come in the order of the items, with undefined among them", async () => {
  const results = await inParallel(
    [30, 0, 15],
    3,
    async (delay) => sleep(delay, delay === 0 ? undefined : delay),
    nothing,
  );
  expect(results).toEqual([30, undefined, 15]);
  expect(await inParallel([], 3, async () => 1, nothing)).toEqual([]);
});

test("no more than the limit run at a time", async () => {
  let [running, most] = [0, 0];
  await inParallel(
    Array.from({ length: 20 }),
    4,
    async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(1);
      running -= 1;
    },
    nothing,
  );
  expect(most).toBe(4);
});

test("after the first failure nothing is started, what runs is stopped once and waited for", async () => {
  const [started, ended]: [number[], number[]] = [[], []];
  const stopped = Promise.withResolvers<void>();
  let stops = 0;
  const failure = await thrownBy(() =>
    inParallel(
      [0, 1, 2, 3, 4, 5],
      3,
      async (item) => {
        started.push(item);
        if (item === 1) throw new Error("the first");
        await stopped.promise;
        await sleep(10);
        ended.push(item);
        throw new Error("a later one");
      },
      async () => {
        stops += 1;
        stopped.resolve();
      },
    ),
  );
  expect(failure).toMatchObject({ message: "the first" });
  expect(stops).toBe(1);
  expect(started).toEqual([0, 1, 2]);
  expect(ended).toEqual([0, 2]);
});
