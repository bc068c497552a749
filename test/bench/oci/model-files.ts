import { createHash, randomFillSync } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeModelYaml } from "../../support/model-yaml.ts";
import type { ModelSize } from "./sizes.ts";

export interface ModelFiles {
  /** Where the files lie, all in one folder. */
  readonly directory: string;
  /** The SHA-256 of each file in hexadecimal, by its name. */
  readonly digests: ReadonlyMap<string, string>;
}

const largeFiles = 4;
const chunk = Buffer.alloc(16 * 1024 * 1024);

/** Writes `model.yaml` and `model/`, of new random bytes, which no tool or registry has seen before, nor can compress. */
export async function writeModel(
  work: string,
  { large, small, between = [1000, 1200] }: ModelSize,
): Promise<ModelFiles> {
  const directory = join(work, "model");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  await writeModelYaml(work, { name: "bench/model", version: "1.0.0" });
  const digests = new Map<string, string>();
  const add = async (name: string, size: number): Promise<void> => {
    digests.set(name, await writeRandom(join(directory, name), size));
  };
  for (let number = 0; large > 0 && number < largeFiles; number += 1) {
    await add(`model-0000${number}.safetensors`, Math.ceil(large / largeFiles));
  }
  const [least, most] = between;
  for (let number = 0; number < small; number += 1) {
    await add(`part-${number}.json`, Math.round(least + ((most - least) * number) / small));
  }
  await add("README.md", 1000);
  // The digest of a file that was written a moment ago is not remembered: it might change within one tick of the clock.
  await sleep(2500);
  return { directory, digests };
}

/** Gives the digest that it computed on the way, so that nobody has to read the file for that. */
async function writeRandom(path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  await using file = await open(path, "w");
  for (let written = 0; written < size; ) {
    const piece = randomFillSync(chunk.subarray(0, Math.min(chunk.length, size - written)));
    hash.update(piece);
    await file.writeFile(piece);
    written += piece.length;
  }
  return hash.digest("hex");
}
