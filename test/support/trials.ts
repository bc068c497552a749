/**
 * Makes trials at moments that are spread over a time, one after another in each of several lanes.
 *
 * @param trial gets its number, and its moment as a share of that time: random, and everywhere as dense
 */
export async function inLanes<Lane>(
  lanes: readonly Lane[],
  count: number,
  trial: (lane: Lane, number: number, share: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const run = async (lane: Lane): Promise<void> => {
    while (next < count) {
      const number = next;
      next += 1;
      await trial(lane, number, (number + Math.random()) / count);
    }
  };
  await Promise.all(lanes.map(run));
}
