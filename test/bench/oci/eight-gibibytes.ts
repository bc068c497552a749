import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { Figures } from "./figures.ts";
import { memoryLeft } from "./memory.ts";
import { writeModel } from "./model-files.ts";
import { fewRounds, gibibytes } from "./sizes.ts";
import { Slipway } from "./slipway.ts";
import { withRegistry } from "./with-registry.ts";

const large = gibibytes(8);

/**
 * Four times as much takes four times as long and no more memory. The pages of tmpfs are this machine's memory: model,
 * registry and pulled files together would be 24 GiB, so the model goes before the pull, and 16 GiB do.
 *
 * @param push what 2 GiB took in this run, in milliseconds
 * @param pull the same
 */
export async function eightGibibytes(
  work: string,
  { push, pull }: { readonly push: number; readonly pull: number },
): Promise<readonly Measurement[]> {
  const slipway = new Slipway(work);
  const figures = new Figures();
  for (let round = 0; round < fewRounds; round += 1) {
    const left = await memoryLeft();
    if (left < 2 * large + gibibytes(1)) {
      // Without figures the budgets count as missed: what was not measured does not hold.
      console.error(`8 GiB are left out: there are ${(left / 2 ** 30).toFixed(1)} GiB of memory, 17 are needed.`);
      break;
    }
    const model = await writeModel(work, { large, small: 200 });
    await withRegistry(work, "distribution 3", async (host) => {
      figures.note("push", await slipway.push(host));
      figures.note("again", await slipway.again(host));
      await rm(model.directory, { recursive: true });
      const target = join(work, "pulled");
      figures.note("pull", await slipway.pull(host, target));
      await rm(target, { recursive: true });
    });
  }
  return [
    { name: "8 GiB: push", value: figures.of("push"), unit: "ms" },
    { name: "8 GiB: push / 2 GiB: push", value: figures.of("push") / push, unit: "×", budget: 4.3 },
    { name: "8 GiB: push again", value: figures.of("again"), unit: "ms", budget: 300 },
    { name: "8 GiB: pull, verified", value: figures.of("pull"), unit: "ms" },
    { name: "8 GiB: pull / 2 GiB: pull", value: figures.of("pull") / pull, unit: "×" },
    { name: "8 GiB: peak memory", value: slipway.peakMemory || Number.NaN, unit: "MB", budget: 200 },
  ];
}
