import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeModelYaml } from "../support/model-yaml.ts";

/*
 * Killing `package` and `pull` at random moments and running them again must end as if they had never been killed.
 */

const trials = 50;
const atOnce = 2;
const command = resolve("dist/slipway.js");
let work: string;
let reference: string;
let stored: Map<string, string>;
let pulled: Map<string, string>;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-killed-"));
  const model = join(work, "model");
  await mkdir(join(model, "shards"), { recursive: true });
  // Large enough for a thread of its own, so that kills hit copying in a worker too.
  await writeFile(join(model, "shards", "large.safetensors"), randomBytes(24_000_000));
  for (let index = 0; index < 20; index += 1)
    await writeFile(join(model, `part-${index}.bin`), randomBytes(50_000 + index));
  await writeModelYaml(work, { name: "group/killed", version: "1.0.0" });
  reference = (await finish(["package", "model.yaml", "--store", "oci:store"])).reference;
  stored = await contentOf(join(work, "store"));
  await finish(["pull", reference, "--target", "reference"]);
  pulled = await contentOf(join(work, "reference"));
}, 60_000);

afterAll(() => rm(work, { recursive: true, force: true }));

describe("killed at a random moment and run again", () => {
  it("package leaves the same store", { timeout: 170_000 }, async () => {
    const unfinished = await manyTrials(async (trial) => {
      const store = `killed-${trial}`;
      const args = ["package", "model.yaml", "--store", `oci:${store}`];
      const killed = await killAtRandom(args);
      const again = await finish(args);
      expect(again.reference).toBe(reference.replace("oci:store", `oci:${store}`));
      expect(await contentOf(join(work, store))).toEqual(stored);
      await rm(join(work, store), { recursive: true });
      return killed;
    });
    // A test whose kills always come too late would prove nothing.
    expect(unfinished).toBeGreaterThan(trials / 3);
  });

  it("pull leaves the same target, and nothing before", { timeout: 170_000 }, async () => {
    const unfinished = await manyTrials(async (trial) => {
      const parent = join(work, `pulls-${trial}`);
      await mkdir(parent);
      const args = ["pull", reference, "--target", join(parent, "model")];
      const killed = await killAtRandom(args);
      const before = await readdir(parent);
      if (before.includes("model")) expect(await contentOf(join(parent, "model"))).toEqual(pulled);
      await finish(args);
      expect(await readdir(parent)).toEqual(["model"]);
      expect(await contentOf(join(parent, "model"))).toEqual(pulled);
      await rm(parent, { recursive: true });
      return killed;
    });
    expect(unfinished).toBeGreaterThan(trials / 3);
  });

  it("package into one store, with a killed one beside it, disturbs nobody", { timeout: 60_000 }, async () => {
    await cp(join(work, "store"), join(work, "shared"), { recursive: true });
    const args = ["package", "model.yaml", "--version", "2.0.0", "--store", "oci:shared"];
    for (let trial = 0; trial < 5; trial += 1) {
      const [, result] = await Promise.all([killAtRandom(args), finish(args)]);
      expect(result.tag).toBe("2.0.0-default");
    }
    await finish(["package", "model.yaml", "--store", "oci:shared"]);
  });
});

async function manyTrials(trial: (number: number) => Promise<boolean>): Promise<number> {
  let next = 0;
  let count = 0;
  const lane = async (): Promise<void> => {
    while (next < trials) {
      next += 1;
      if (await trial(next)) count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return count;
}

/** Starts a step and kills it within the time that it usually takes. Returns whether it was killed before its end. */
async function killAtRandom(args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [command, ...args], { cwd: work, stdio: "ignore" });
  const ended = new Promise<boolean>((done) => child.on("exit", (_code, signal) => done(signal === "SIGKILL")));
  // The first 60 ms are node's own start-up, where nothing can go wrong yet.
  await Promise.race([sleep(60 + Math.random() * 240), ended]);
  child.kill("SIGKILL");
  return ended;
}

async function finish(args: readonly string[]): Promise<{ reference: string; tag: string }> {
  const child = spawn(process.execPath, [command, ...args, "--json"], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  expect(code, `slipway ${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
  return JSON.parse(stdout).outputs;
}

/** Every file with its mode and content, but for the lock, which differs from run to run. */
async function contentOf(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /^lock\.\d+$/.test(entry.name)) continue;
    const { mode } = await stat(path);
    found.set(
      path.slice(directory.length + 1),
      `${mode.toString(8)} ${createHash("sha256")
        .update(await readFile(path))
        .digest("hex")}`,
    );
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
