import { rm } from "node:fs/promises";
import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { peer } from "../../interop/peers.ts";
import { runFile } from "../../support/child.ts";
import { withPeakMemory } from "../peak-memory.ts";
import { Figures } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { writeModel } from "./model-files.ts";
import { fewRounds, gibibytes } from "./sizes.ts";
import { Slipway } from "./slipway.ts";
import { timed } from "./timed.ts";
import { withRegistry } from "./with-registry.ts";

/**
 * A program around `copy` of `src/oci/copy`, straight from its source: Node strips the types off it first, which takes
 * time and some 45 MB more than a step of `dist/` needs, so that the steps' budget for memory is not applied.
 */
const program = new URL("../../../src/oci/copy/fixtures/copy-process.ts", import.meta.url);

/** A release that moves from one registry to another, as a promotion into another domain of trust has it. */
export async function betweenRegistries(work: string): Promise<readonly Measurement[]> {
  const figures = new Figures();
  const slipway = new Slipway(work);
  for (let round = 0; round < fewRounds; round += 1) {
    const model = await writeModel(work, { large: gibibytes(2), small: 200 });
    await withRegistry(work, "distribution 3", async (source) => {
      await slipway.push(source);
      await rm(model.directory, { recursive: true });
      const release = `${source}/bench/model:1.0.0-default`;
      const ours = async (target: string): Promise<void> => {
        const started = performance.now();
        const [, peak] = await withPeakMemory(() => runFile(program, [release, `${target}/bench/model`]));
        figures.note("copy", performance.now() - started);
        figures.note("memory", peak / 1e6);
      };
      const theirs = async (target: string): Promise<void> => {
        const plain = ["--from-plain-http", "--to-plain-http"];
        figures.note("oras cp", await timed(peer("oras"), ["cp", ...plain, release, `${target}/bench/model`], work));
      };
      for (const copy of inTurn(round, [ours, theirs])) await withRegistry(work, "distribution 3", copy);
    });
  }
  return [
    { name: "registry to registry, 2 GiB: oras cp", value: figures.of("oras cp"), unit: "ms" },
    { name: "registry to registry, 2 GiB: copy", value: figures.of("copy"), unit: "ms" },
    { name: "registry to registry, 2 GiB: memory", value: figures.of("memory"), unit: "MB" },
  ];
}
