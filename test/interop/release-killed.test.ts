import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slipway } from "../support/command-line.ts";
import { git } from "../support/git.ts";
import { killAtRandom } from "../support/kill.ts";
import { as, buildScene, modelName, readyForProduction, type Scene, toProduction } from "../support/release-scene.ts";

/*
 * Killing `promote`, `update-pointer` and `rollback` at random moments and running them again must end as if they had
 * never been killed: the same files in Git, one commit for each change, the same tags in the store.
 */

const trials = 12;
let directory: string;
let scene: Scene;
/** 1.1.0 is ready for production. */
let ready: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-release-killed-"));
  scene = await buildScene(directory);
  ready = join(directory, "ready");
  await cp(scene.moments.deployed, ready, { recursive: true });
  await readyForProduction(ready, scene.releases.staged, scene.releases.champion);
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("killed at a random moment and run again", { timeout: 120_000 }, () => {
  it("promote leaves one link, and all that belongs to it", async () => {
    const { staged } = scene.releases;
    await expectSameEnd(ready, ["promote", staged, "--to", "production", ...as("lead")]);
  });

  it("update-pointer moves the pointer once", async () => {
    const { staged } = scene.releases;
    const why = ["--reason", "Better"];
    await expectSameEnd(scene.moments.replaced, ["update-pointer", staged, ...toProduction, ...as("engineer"), ...why]);
    const { champion } = scene.releases;
    await expectSameEnd(scene.moments.replaced, [
      "update-pointer",
      champion,
      ...toProduction,
      ...as("engineer"),
      ...why,
    ]);
  });

  it("rollback goes back once, and not further", async () => {
    const why = ["--reason", "Latency"];
    const again = await expectSameEnd(
      scene.moments.replaced,
      ["rollback", modelName, ...toProduction, ...as("engineer"), ...why],
      "ROLLBACK_TOO_SOON",
    );
    expect(again).toBeGreaterThan(0);
  });
});

/**
 * @param done with which code a second run may say that the first one was done
 * @returns how often the kill came too late
 */
async function expectSameEnd(moment: string, args: readonly string[], done?: string): Promise<number> {
  const calm = join(directory, "calm");
  await cp(moment, calm, { recursive: true });
  const started = performance.now();
  expect((await slipway(args, calm)).json().error).toBeUndefined();
  const usual = (performance.now() - started) * 1.15;
  const expected = await endOf(calm);
  await rm(calm, { recursive: true });
  let [unfinished, repeated] = [0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    const work = join(directory, `trial-${trial}`);
    await cp(moment, work, { recursive: true });
    if (await killAtRandom(args, work, usual)) unfinished += 1;
    const { code } = (await slipway(args, work)).json().error ?? { code: undefined };
    if (code !== undefined) expect(code).toBe(done);
    if (code !== undefined) repeated += 1;
    expect(await endOf(work)).toEqual(expected);
    await rm(work, { recursive: true });
  }
  // A test whose kills always come too late would prove nothing.
  expect(unfinished).toBeGreaterThan(trials / 4);
  return repeated;
}

/** What is there, without the names that hold times, run numbers and digests of what holds those. */
async function endOf(work: string) {
  const repository = join(work, "gitops.git");
  const names = git(repository, "ls-tree", "-r", "--name-only", "main").split("\n");
  const { manifests } = JSON.parse(await readFile(join(work, "store", "index.json"), "utf8"));
  const tags = manifests.map(
    ({ annotations }: { annotations?: Record<string, string> }) => annotations?.["org.opencontainers.image.ref.name"],
  );
  return {
    subjects: git(repository, "log", "--format=%s", "main").split("\n"),
    values: git(repository, "show", "main:production/values.yaml"),
    files: names.map(withoutNumbers).toSorted(),
    tags: tags.map((tag: string | undefined) => withoutNumbers(tag ?? "")).toSorted(),
    leavings: await leavingsIn(join(work, "store")),
  };
}

function withoutNumbers(text: string): string {
  return text.replace(/\d{8}T\d{6}Z|local-\w+-\w+|[0-9a-f]{8,}/g, "…");
}

async function leavingsIn(store: string): Promise<string[]> {
  await mkdir(join(store, ".slipway"), { recursive: true });
  // The lock counts its holders.
  return (await readdir(join(store, ".slipway"))).filter((name) => name !== "announced" && !/^lock\.\d+$/.test(name));
}
