import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { farLink } from "./far-link.ts";
import { oras } from "./oras.ts";
import { type Course, race } from "./race.ts";
import { fewRounds, gibibytes, mebibytes } from "./sizes.ts";
import { Slipway } from "./slipway.ts";

/** The registry that Harbor is built on. */
export function olderRegistry(work: string): Promise<readonly Measurement[]> {
  const size = { large: gibibytes(2), small: 200 };
  return besideOras(work, "2.8, 2 GiB", { rounds: fewRounds, size, registry: "distribution 2.8" });
}

/** A round trip of 50 ms, as between two regions of a cloud. */
export function farAway(work: string): Promise<readonly Measurement[]> {
  const size = { large: mebibytes(256), small: 50 };
  return besideOras(work, "50 ms away, 256 MiB", { rounds: fewRounds, size, link: (host) => farLink(host, 25) });
}

async function besideOras(work: string, place: string, course: Course): Promise<readonly Measurement[]> {
  const slipway = new Slipway(work);
  const figures = await race(work, [slipway, oras], course);
  return [
    { name: `${place}: oras push`, value: figures.of("oras push"), unit: "ms" },
    { name: `${place}: push`, value: figures.of("slipway push"), unit: "ms" },
    { name: `${place}: push again`, value: figures.of("slipway again"), unit: "ms" },
    { name: `${place}: oras pull`, value: figures.of("oras pull"), unit: "ms" },
    { name: `${place}: pull, verified`, value: figures.of("slipway pull"), unit: "ms" },
    { name: `${place}: peak memory`, value: slipway.peakMemory, unit: "MB", budget: 200 },
  ];
}
