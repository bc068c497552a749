import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { bareRequests } from "./bare-requests.ts";
import { oras } from "./oras.ts";
import { race } from "./race.ts";
import { rounds } from "./sizes.ts";
import { Slipway } from "./slipway.ts";

/** Where requests count and bytes do not. */
export async function smallFiles(work: string): Promise<readonly Measurement[]> {
  const slipway = new Slipway(work);
  const size = { large: 0, small: 1000, between: [1024, 20 * 1024] } as const;
  const figures = await race(work, [slipway, oras, bareRequests], { rounds, size });
  return [
    { name: "1000 files: oras push", value: figures.of("oras push"), unit: "ms" },
    { name: "1000 files: push", value: figures.of("slipway push"), unit: "ms" },
    { name: "1000 files: push / oras push", value: figures.ratio("slipway push", "oras push"), unit: "×", budget: 0.7 },
    // The same: nothing but the requests.
    { name: "1000 files: bare requests", value: figures.of("bare requests push"), unit: "ms" },
    {
      name: "1000 files: bare requests / oras push",
      value: figures.ratio("bare requests push", "oras push"),
      unit: "×",
    },
    { name: "1000 files: push again", value: figures.of("slipway again"), unit: "ms" },
    { name: "1000 files: oras pull", value: figures.of("oras pull"), unit: "ms" },
    { name: "1000 files: pull, verified", value: figures.of("slipway pull"), unit: "ms" },
    { name: "1000 files: peak memory", value: slipway.peakMemory, unit: "MB", budget: 200 },
  ];
}
