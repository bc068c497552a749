import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ContentPool } from "../../src/content/index.ts";
import { addRelease } from "../../src/oci/copy/fixtures/release.ts";
import { openOrCreateStore, openStore, parseReference } from "../../src/oci/index.ts";
import { runFile, startFile } from "../support/child.ts";
import { treeOf } from "../support/tree.ts";
import { inLanes } from "../support/trials.ts";
import { type RunningRegistry, registries } from "./support/registries.ts";

/*
 * A copy that is killed at a random moment and run again ends as one that was never killed, and before that nobody sees
 * the release without its evidence.
 */

/** The slow suite has fifty in both directions. */
const trials = process.env["SLIPWAY_INTEROP"] === "slow" ? 25 : 4;
const lanes = [1, 2];
const program = new URL("../../src/oci/copy/fixtures/copy-process.ts", import.meta.url);
const { signal } = new AbortController();
const pool = new ContentPool({ signal });
let work: string;
let registry: RunningRegistry;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-copy-killed-"));
  await mkdir(join(work, "registry"));
  registry = await registries["distribution 3"](join(work, "registry"));
  await addRelease(await openOrCreateStore(parseReference("oci:origin", work), { pool, signal }), 30_000_000);
  await runFile(program, [`oci:${work}/origin:1.0.0`, `${registry.host}/origin/model`]);
}, 60_000);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

describe("killed at a random moment and run again", () => {
  it("a copy from a layout leaves the same in a registry", { timeout: 280_000 }, async () => {
    const target = (name: string): string => `${registry.host}/${name}/model`;
    await manyTrials(`oci:${work}/origin:1.0.0`, target, (name) => tagsOf(target(name)));
  });

  it("a copy from a registry leaves the same in a layout", { timeout: 280_000 }, async () => {
    const target = (name: string): string => `oci:${work}/${name}`;
    await manyTrials(`${registry.host}/origin/model:1.0.0`, target, async (name) => {
      const tags = await tagsOf(target(name));
      const blobs = await treeOf(join(work, name, "blobs")).catch(() => ({}));
      return { ...tags, ...blobs };
    });
    for (const name of (await readdir(work)).filter((entry) => entry.startsWith("killed-"))) {
      const files = await readdir(join(work, name, ".slipway"));
      expect(files.filter((file) => file !== "announced" && !/^lock\.\d+$/.test(file))).toEqual([]);
      const announced = async (layout: string) =>
        (await readFile(join(work, layout, ".slipway", "announced"), "utf8")).split("\n").sort();
      expect(await announced(name)).toEqual(await announced("calm"));
    }
  });
});

async function manyTrials(
  source: string,
  target: (name: string) => string,
  stateOf: (name: string) => Promise<Record<string, string>>,
): Promise<void> {
  await runFile(program, [source, target("calm")]);
  const calm = await stateOf("calm");
  expect(Object.keys(calm)).toContain("1.0.0");
  // Under the same circumstances as the trials: in company, and with warm caches.
  const usual = Math.min(...(await Promise.all(lanes.map((lane) => millisecondsOf(source, target(`warm-${lane}`))))));
  let unfinished = 0;
  await inLanes(lanes, trials, async (_, trial, share) => {
    const name = `killed-${trial}`;
    await using child = startFile(program, [source, target(name)]);
    // Nothing can go wrong yet while node itself starts.
    await Promise.race([sleep(usual * (0.25 + 0.75 * share)), child.ended]);
    child.process.kill("SIGKILL");
    if ((await child.ended).signal === "SIGKILL") unfinished += 1;
    const left = await stateOf(name);
    if ("1.0.0" in left) expect(left).toEqual(calm);
    await runFile(program, [source, target(name)]);
    expect(await stateOf(name)).toEqual(calm);
    if (trial % 5 !== 0) return;
    const again = JSON.parse(await runFile(program, [source, target(name)]));
    expect(again).toMatchObject({ bytes: 0, blobs: { sent: 0 } });
  });
  // A test whose kills always come too late would prove nothing; how many do depends on what else the machine does.
  expect(unfinished).toBeGreaterThan(trials / 4);
}

async function millisecondsOf(source: string, target: string): Promise<number> {
  const started = performance.now();
  await runFile(program, [source, target]);
  return performance.now() - started;
}

/** What the tags of a store point at; none for one that is not there yet. */
async function tagsOf(reference: string): Promise<Record<string, string>> {
  try {
    const store = await openStore(parseReference(reference, work), { pool, signal });
    const tags = await store.tags();
    return Object.fromEntries(
      await Promise.all(
        tags.map(async (tag): Promise<[string, string]> => [tag, (await store.resolve({ tag })).digest]),
      ),
    );
  } catch {
    return {};
  }
}
