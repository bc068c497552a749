import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { succeed } from "../support/command-line.ts";
import { killAtRandom } from "../support/kill.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { treeOf } from "../support/tree.ts";

/*
 * Killing `package` and `pull` at random moments and running them again must end as if they had never been killed.
 */

/** The slow suite has all fifty. */
const trials = process.env["SLIPWAY_INTEROP"] === "slow" ? 50 : 12;
const atOnce = 2;
let work: string;
let reference: string;
let stored: Record<string, string>;
let pulled: Record<string, string>;
/** Milliseconds that a step usually takes here, in company of another one; found out again as it changes. */
let usual: number;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-killed-"));
  const model = join(work, "model");
  await mkdir(join(model, "shards"), { recursive: true });
  // Large enough for a thread of its own, so that kills hit copying in a worker too.
  await writeFile(join(model, "shards", "large.safetensors"), randomBytes(24_000_000));
  for (let index = 0; index < 20; index += 1)
    await writeFile(join(model, `part-${index}.bin`), randomBytes(50_000 + index));
  await writeModelYaml(work, { name: "group/killed", version: "1.0.0" });
  const started = performance.now();
  reference = (await succeed(["package", "model.yaml", "--store", "oci:store"], work))["reference"] ?? "";
  usual = (performance.now() - started) * 1.3;
  stored = await treeOf(join(work, "store"));
  await succeed(["pull", reference, "--target", "reference"], work);
  pulled = await treeOf(join(work, "reference"));
}, 60_000);

afterAll(() => rm(work, { recursive: true, force: true }));

describe("killed at a random moment and run again", () => {
  it("package leaves the same store", { timeout: 170_000 }, async () => {
    const unfinished = await manyTrials(async (trial) => {
      const store = `killed-${trial}`;
      const args = ["package", "model.yaml", "--store", `oci:${store}`];
      const killed = await killAtRandom(args, work, usual);
      const again = await succeed(args, work);
      expect(again["reference"]).toBe(reference.replace("oci:store", `oci:${store}`));
      expect(await treeOf(join(work, store))).toEqual(stored);
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
      const killed = await killAtRandom(args, work, usual);
      const before = await readdir(parent);
      if (before.includes("model")) expect(await treeOf(join(parent, "model"))).toEqual(pulled);
      await succeed(args, work);
      expect(await readdir(parent)).toEqual(["model"]);
      expect(await treeOf(join(parent, "model"))).toEqual(pulled);
      await rm(parent, { recursive: true });
      return killed;
    });
    expect(unfinished).toBeGreaterThan(trials / 3);
  });

  it("package into one store, with a killed one beside it, disturbs nobody", { timeout: 60_000 }, async () => {
    await cp(join(work, "store"), join(work, "shared"), { recursive: true });
    const args = ["package", "model.yaml", "--version", "2.0.0", "--store", "oci:shared"];
    for (let trial = 0; trial < 5; trial += 1) {
      const [, result] = await Promise.all([killAtRandom(args, work, usual), succeed(args, work)]);
      expect(result["tag"]).toBe("2.0.0-default");
    }
    await succeed(["package", "model.yaml", "--store", "oci:shared"], work);
  });
});

async function manyTrials(trial: (number: number) => Promise<boolean>): Promise<number> {
  let next = 0;
  let count = 0;
  const lane = async (): Promise<void> => {
    while (next < trials) {
      next += 1;
      if (await trial(next)) count += 1;
      // It takes less time by now than it took at first, when the machine had more to do.
      else usual *= 0.9;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return count;
}
