import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { cp, mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Measurement, median } from "../../scripts/bench/measurement.ts";
import { succeed } from "../support/command-line.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { withPeakMemory } from "./peak-memory.ts";

/*
 * The first spine at the size where it matters: 1 GiB of random bytes in 4 files and 200 small files, on tmpfs where
 * there is one. Compared in one run with coreutils that do the same work one after the other: `cp` and `sha256sum`.
 */

const large = 256 * 1024 * 1024;
const rounds = 3;

export async function run(): Promise<readonly Measurement[]> {
  const work = await mkdtemp(join(await fastDirectory(), "slipway-bench-"));
  try {
    return await measure(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function measure(work: string): Promise<readonly Measurement[]> {
  await writeModel(join(work, "model"));
  await writeModelYaml(work, { name: "bench/model", version: "1.0.0" });
  await writeKeyPair(join(work, "key"));
  const figures = new Map<string, number[]>();
  const note = (name: string, value: number): void => void figures.set(name, [...(figures.get(name) ?? []), value]);
  let peak = 0;
  const slipway = async (name: string, args: readonly string[]): Promise<Record<string, string>> => {
    const started = performance.now();
    const [outputs, memory] = await withPeakMemory(() => succeed(args, work));
    note(name, performance.now() - started);
    peak = Math.max(peak, memory);
    return outputs;
  };

  for (let round = 0; round < rounds; round += 1) {
    for (const name of ["store", "pulled", "copy"]) await rm(join(work, name), { recursive: true, force: true });
    note(
      "coreutils",
      await timed(async () => {
        await command("cp", ["-r", join(work, "model"), join(work, "copy")]);
        await command("sha256sum", await filesIn(join(work, "copy")));
      }),
    );
    note("sha256sum", await timed(async () => command("sha256sum", await filesIn(join(work, "model")))));
    await rm(join(work, "copy"), { recursive: true, force: true });
    const { reference = "" } = await slipway("package", ["package", "model.yaml", "--store", "oci:store"]);
    await slipway("again", ["package", "model.yaml", "--store", "oci:store"]);
    await slipway("sign", ["sign", reference, "--key", "key.pem"]);
    await slipway("verify", ["verify", reference, "--key", "key.pub"]);
    await slipway("pull", ["pull", reference, "--target", "pulled", "--key", "key.pub"]);
    await slipway("check", ["pull", reference, "--target", "pulled", "--key", "key.pub"]);
  }

  const of = (name: string): number => median(figures.get(name) ?? []);
  return [
    { name: "cp, then sha256sum", value: of("coreutils"), unit: "ms" },
    { name: "sha256sum", value: of("sha256sum"), unit: "ms" },
    { name: "package 1 GiB", value: of("package"), unit: "ms" },
    { name: "package / (cp, then sha256sum)", value: of("package") / of("coreutils"), unit: "×", budget: 1 },
    { name: "package again", value: of("again"), unit: "ms" },
    { name: "package again / sha256sum", value: of("again") / of("sha256sum"), unit: "×", budget: 2 },
    { name: "pull 1 GiB", value: of("pull"), unit: "ms" },
    { name: "pull / (cp, then sha256sum)", value: of("pull") / of("coreutils"), unit: "×", budget: 1 },
    { name: "pull again, everything compared", value: of("check"), unit: "ms" },
    { name: "sign", value: of("sign"), unit: "ms", budget: 400 },
    { name: "verify", value: of("verify"), unit: "ms", budget: 400 },
    { name: "peak memory of all steps", value: peak / 1e6, unit: "MB", budget: 200 },
  ];
}

async function writeModel(directory: string): Promise<void> {
  await mkdir(directory);
  const chunk = Buffer.alloc(16 * 1024 * 1024);
  for (let number = 0; number < 4; number += 1) {
    await using file = await open(join(directory, `model-0000${number}.safetensors`), "w");
    for (let written = 0; written < large; written += chunk.length) await file.write(randomFillSync(chunk));
  }
  for (let number = 0; number < 200; number += 1) {
    await using file = await open(join(directory, `part-${number}.json`), "w");
    await file.write(randomFillSync(chunk.subarray(0, 1000 + number)));
  }
  await cp(join(directory, "part-0.json"), join(directory, "README.md"));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function command(name: string, args: readonly string[]): Promise<void> {
  const child = spawn(name, args, { stdio: "ignore" });
  const code = await new Promise((done, fail) => child.on("close", done).on("error", fail));
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

async function filesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).map((name) => join(directory, name));
}

async function fastDirectory(): Promise<string> {
  return readdir("/dev/shm").then(
    () => "/dev/shm",
    () => tmpdir(),
  );
}
