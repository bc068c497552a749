import { inParallel } from "../../content/index.ts";

/** Small requests at once; what they bring is small, too. */
const atOnce = 6;

/** Does something small with each item, several at a time, until a signal ends it. @returns in the items' order */
export function each<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const unlessEnded = async (item: Item): Promise<Result> => {
    signal.throwIfAborted();
    return work(item);
  };
  return inParallel(items, atOnce, unlessEnded, async () => {});
}
