import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { curl } from "./curl.ts";
import { Figures } from "./figures.ts";
import { memoryLeft, touchMemory } from "./memory.ts";
import { writeModel } from "./model-files.ts";
import { fewRounds, gibibytes } from "./sizes.ts";
import { Slipway } from "./slipway.ts";
import { withRegistry } from "./with-registry.ts";

const large = gibibytes(8);

/**
 * Four times as much takes four times as long and no more memory. The pages of tmpfs are this machine's memory: model,
 * registry and pulled files together would be 24 GiB, so the model goes before the pull, and 16 GiB do.
 *
 * @param took what 2 GiB took in this run, in milliseconds
 */
export async function eightGibibytes(
  work: string,
  took: { readonly push: number; readonly pull: number; readonly curl: number },
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
    // A virtual machine takes back what is not used, within seconds.
    const touch = (): Promise<void> => touchMemory(join(work, "touched"), large);
    await touch();
    await withRegistry(work, "distribution 3", async (host) => figures.note("curl", await curl.push(host, model)));
    await touch();
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
    { name: "8 GiB: push / 2 GiB: push", value: figures.of("push") / took.push, unit: "×", budget: 4.3 },
    // The same of somebody who only sends: whether it is the machine that takes longer for more.
    { name: "8 GiB: curl PUT / 2 GiB: curl PUT", value: figures.of("curl") / took.curl, unit: "×" },
    { name: "8 GiB: push / curl PUT", value: figures.ratio("push", "curl"), unit: "×" },
    { name: "8 GiB: push again", value: figures.of("again"), unit: "ms", budget: 300 },
    { name: "8 GiB: pull, verified", value: figures.of("pull"), unit: "ms" },
    { name: "8 GiB: pull / 2 GiB: pull", value: figures.of("pull") / took.pull, unit: "×" },
    { name: "8 GiB: peak memory", value: slipway.peakMemory || Number.NaN, unit: "MB", budget: 200 },
  ];
}
