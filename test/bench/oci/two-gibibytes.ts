import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { curl } from "./curl.ts";
import { hashingCurl } from "./hashing-curl.ts";
import { oras } from "./oras.ts";
import { race } from "./race.ts";
import { gibibytes, rounds } from "./sizes.ts";
import { Slipway } from "./slipway.ts";

/** A model as many have it: 2 GiB in 4 files and 200 small ones, against everybody. */
export async function twoGibibytes(work: string): Promise<readonly Measurement[]> {
  const slipway = new Slipway(work);
  const figures = await race(work, [curl, slipway, oras, hashingCurl], {
    rounds,
    size: { large: gibibytes(2), small: 200 },
  });
  return [
    { name: "2 GiB: curl PUT, parallel", value: figures.of("curl push"), unit: "ms" },
    { name: "2 GiB: oras push", value: figures.of("oras push"), unit: "ms" },
    { name: "2 GiB: push", value: figures.of("slipway push"), unit: "ms" },
    { name: "2 GiB: push / oras push", value: figures.ratio("slipway push", "oras push"), unit: "×", budget: 0.8 },
    { name: "2 GiB: push / curl PUT", value: figures.ratio("slipway push", "curl push"), unit: "×", budget: 1.35 },
    // Where both ends share two cores, this says what the budgets above leave room for.
    { name: "2 GiB: curl PUT beside hashing", value: figures.of("curl + hashing push"), unit: "ms" },
    {
      name: "2 GiB: curl PUT beside hashing / oras push",
      value: figures.ratio("curl + hashing push", "oras push"),
      unit: "×",
    },
    { name: "2 GiB: push again", value: figures.of("slipway again"), unit: "ms", budget: 300 },
    { name: "2 GiB: oras pull", value: figures.of("oras pull"), unit: "ms" },
    { name: "2 GiB: pull, verified", value: figures.of("slipway pull"), unit: "ms" },
    { name: "2 GiB: pull / oras pull", value: figures.ratio("slipway pull", "oras pull"), unit: "×", budget: 1 },
    { name: "2 GiB: peak memory", value: slipway.peakMemory, unit: "MB", budget: 200 },
  ];
}
