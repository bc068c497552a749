import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measurement } from "../../scripts/bench/measurement.ts";
import { betweenRegistries } from "./oci/between-registries.ts";
import { cutConnections } from "./oci/cut-connections.ts";
import { eightGibibytes } from "./oci/eight-gibibytes.ts";
import { touchMemory } from "./oci/memory.ts";
import { farAway, olderRegistry } from "./oci/other-places.ts";
import { smallFiles } from "./oci/small-files.ts";
import { twoGibibytes } from "./oci/two-gibibytes.ts";

/*
 * What moving a model to a registry and back takes, and what others take for the same in the same run, everything on
 * tmpfs: against distribution 3 unless a name says otherwise, medians of 5 rounds, of 3 where there is no ratio to keep.
 */

export async function run(): Promise<readonly Measurement[]> {
  const work = await mkdtemp(join(await fastDirectory(), "slipway-bench-oci-"));
  try {
    await touchMemory(join(work, "touched"));
    const two = await twoGibibytes(work);
    const took = (name: string): number => two.find((row) => row.name === name)?.value ?? Number.NaN;
    const base = {
      push: took("2 GiB: push"),
      pull: took("2 GiB: pull, verified"),
      curl: took("2 GiB: curl PUT, parallel"),
    };
    return [
      ...two,
      ...(await eightGibibytes(work, base)),
      ...(await smallFiles(work)),
      ...(await betweenRegistries(work)),
      ...(await olderRegistry(work)),
      ...(await farAway(work)),
      ...(await cutConnections(work)),
    ];
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fastDirectory(): Promise<string> {
  return readdir("/dev/shm").then(
    () => "/dev/shm",
    () => tmpdir(),
  );
}
