import pLimit from "p-limit";

/**
 * Does work on all items, a bounded number at a time. After the first failure no further item is started, `stop` is
 * called to end those that run, and only when all have ended is the failure thrown: whoever catches it can rely on
 * nothing being written any more.
 *
 * @returns results in the order of the items
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
  stop: () => Promise<void>,
): Promise<Result[]> {
  const limiter = pLimit(limit);
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  await Promise.all(
    items.map((item, position) =>
      limiter(async () => {
        if (failures.length > 0) return;
        try {
          results.set(position, await work(item));
        } catch (error) {
          failures.push(error);
          if (failures.length === 1) await stop();
        }
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
