import { spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Measurement, median } from "../../scripts/bench/measurement.ts";
import { peer } from "../interop/peers.ts";
import { type RunningRegistry, registries } from "../interop/support/registries.ts";
import { succeed } from "../support/command-line.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { withPeakMemory } from "./peak-memory.ts";

/*
 * Against distribution 3 with its storage on tmpfs: 2 GiB of random bytes in 4 files, and 200 small ones. In each round
 * every tool gets new content and a registry that has none of it; curl is given sessions and digests for nothing.
 */

const large = 512 * 1024 * 1024;
const rounds = Number(process.env["SLIPWAY_BENCH_ROUNDS"] ?? 5);

export async function run(): Promise<readonly Measurement[]> {
  const work = await mkdtemp(join(await fastDirectory(), "slipway-bench-oci-"));
  try {
    return await measure(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function measure(work: string): Promise<readonly Measurement[]> {
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
  await writeModelYaml(work, { name: "bench/model", version: "1.0.0" });
  await touchMemory(join(work, "touched"));
  const model = join(work, "model");
  for (let round = 0; round < rounds; round += 1) {
    await rm(model, { recursive: true, force: true });
    const files = await writeModel(model);
    const byCurl = async ({ host }: RunningRegistry): Promise<void> => {
      note("curl", await putByCurl(host, model, files, join(work, "curl.config")));
    };
    const bySlipway = async ({ host }: RunningRegistry): Promise<void> => {
      const { reference = "" } = await slipway("push", ["package", "model.yaml", "--store", `${host}/bench/model`]);
      await slipway("again", ["package", "model.yaml", "--store", `${host}/bench/model`]);
      await slipway("pull", ["pull", reference, "--target", "pulled"]);
      await rm(join(work, "pulled"), { recursive: true });
    };
    const byOras = async ({ host }: RunningRegistry): Promise<void> => {
      const name = `${host}/bench/model:1.0.0`;
      note("oras push", await timed(peer("oras"), ["push", "--plain-http", name, ...files.keys()], model));
      await mkdir(join(work, "by-oras"));
      note("oras pull", await timed(peer("oras"), ["pull", "--plain-http", name], join(work, "by-oras")));
      await rm(join(work, "by-oras"), { recursive: true });
    };
    const tools = [byCurl, bySlipway, byOras];
    // Nobody always comes first, or always last.
    for (let place = 0; place < tools.length; place += 1) {
      const tool = tools[(place + round) % tools.length];
      if (tool !== undefined) await withRegistry(work, tool);
    }
  }
  const of = (name: string): number => median(figures.get(name) ?? []);
  return [
    { name: "curl PUT, parallel", value: of("curl"), unit: "ms" },
    { name: "oras push", value: of("oras push"), unit: "ms" },
    { name: "oras pull", value: of("oras pull"), unit: "ms" },
    { name: "push 2 GiB", value: of("push"), unit: "ms" },
    { name: "push / oras push", value: of("push") / of("oras push"), unit: "×", budget: 0.8 },
    { name: "push / curl PUT", value: of("push") / of("curl"), unit: "×", budget: 1.35 },
    { name: "push again", value: of("again"), unit: "ms", budget: 300 },
    { name: "pull 2 GiB, verified", value: of("pull"), unit: "ms" },
    { name: "pull / oras pull", value: of("pull") / of("oras pull"), unit: "×", budget: 1 },
    { name: "peak memory of all steps", value: peak / 1e6, unit: "MB", budget: 200 },
  ];
}

/** A virtual machine gets its memory when it is used first, which costs whoever comes first. */
async function touchMemory(path: string): Promise<void> {
  const chunk = Buffer.alloc(16 * 1024 * 1024, "x");
  await using file = await open(path, "w");
  for (let written = 0; written < 16 * large; written += chunk.length) await file.write(chunk);
  await rm(path);
}

async function withRegistry(work: string, use: (registry: RunningRegistry) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(work, "registry-"));
  {
    await using registry = await registries["distribution 3"](directory);
    await use(registry);
  }
  await rm(directory, { recursive: true });
}

/** Writes a model and gives the digest of each file. */
async function writeModel(directory: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(directory);
  const chunk = Buffer.alloc(16 * 1024 * 1024);
  for (let number = 0; number < 4; number += 1) {
    await using file = await open(join(directory, `model-0000${number}.safetensors`), "w");
    for (let written = 0; written < large; written += chunk.length) await file.write(randomFillSync(chunk));
  }
  for (let number = 0; number < 200; number += 1) {
    await writeFile(join(directory, `part-${number}.json`), randomFillSync(chunk.subarray(0, 1000 + number)));
  }
  await writeFile(join(directory, "README.md"), "# A model\n");
  const digests = new Map<string, string>();
  for (const name of await readdir(directory)) {
    const hash = createHash("sha256");
    for await (const piece of createReadStream(join(directory, name))) hash.update(piece);
    digests.set(name, hash.digest("hex"));
  }
  return digests;
}

async function putByCurl(
  host: string,
  directory: string,
  files: ReadonlyMap<string, string>,
  config: string,
): Promise<number> {
  const transfers: string[] = [];
  for (const [name, digest] of files) {
    const session = await fetch(`http://${host}/v2/bench/model/blobs/uploads/`, { method: "POST" });
    const location = new URL(session.headers.get("location") ?? "", `http://${host}`);
    location.searchParams.append("digest", `sha256:${digest}`);
    transfers.push(`upload-file = "${join(directory, name)}"\nurl = "${location.href}"\noutput = "/dev/null"\nfail`);
  }
  await writeFile(config, transfers.join("\nnext\n"));
  return timed("curl", ["--silent", "--parallel", "--parallel-max", "8", "--config", config], directory);
}

async function timed(command: string, args: readonly string[], cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: "ignore", cwd });
  const code = await new Promise((done, fail) => child.on("close", done).on("error", fail));
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return performance.now() - started;
}

async function fastDirectory(): Promise<string> {
  return readdir("/dev/shm").then(
    () => "/dev/shm",
    () => tmpdir(),
  );
}
