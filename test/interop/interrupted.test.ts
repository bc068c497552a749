import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endStateOf, leavingsIn } from "../e2e/lifecycle/end-state.ts";
import { beforePushes, type Moment, type Moments, makeMoments, untilThere } from "../e2e/lifecycle/run-again.ts";
import { startFile } from "../support/child.ts";
import { runGithubStep, startGithubStep } from "../support/github-step.ts";

/*
 * A step of a run that was killed, and is run again as a new attempt of the same run: it succeeds, and all is as if it
 * had never been killed. What a step of another run finds is tested in test/interop/release-killed.test.ts.
 */

/** The slow suite has ten. */
const trials = process.env["SLIPWAY_INTEROP"] === "slow" ? 10 : 4;
const rows: readonly (readonly [Moment["step"], "staged" | "promoted" | "deployed"])[] = [
  ["promote", "staged"],
  ["update-pointer", "promoted"],
  ["rollback", "deployed"],
];
let moments: Moments;
/** What there is when nobody is killed, and the milliseconds that it takes. */
const ends = new Map<string, { readonly state: ReturnType<typeof endStateOf>; readonly usual: number }>();

beforeAll(async () => {
  moments = await makeMoments();
  for (const [, moment] of rows) {
    const calm = await moments[moment].begin();
    const { commits } = endStateOf(calm.work);
    const started = performance.now();
    expect(await runGithubStep(calm)).toMatchObject({ status: 0 });
    const usual = performance.now() - started;
    const state = endStateOf(calm.work);
    expect(state.commits).toHaveLength(commits.length + 1);
    expect([...leavingsIn(join(calm.work, "store")), ...(await readdir(join(calm.scratch, "tmp")))]).toEqual([]);
    ends.set(moment, { state, usual });
  }
});

afterAll(() => moments[Symbol.asyncDispose]());

describe("a step that was killed at any moment, and is run again", () => {
  it.each(rows)("%s ends as if it had not been killed", async (_, moment) => {
    const { state: expected, usual = 0 } = ends.get(moment) ?? {};
    let unfinished = 0;
    await inTwoLanes(trials, async (trial) => {
      const first = await moments[moment].begin();
      const { process: child, ended } = await startGithubStep(first);
      // Nothing can go wrong yet while node itself starts.
      const share = (trial + Math.random()) / trials;
      await Promise.race([sleep(40 + share * (usual - 40)), ended]);
      child.kill("SIGKILL");
      if ((await ended).signal === "SIGKILL") unfinished += 1;
      const again = await runGithubStep({ ...first, attempt: 2 });
      expect(again, again.stdout).toMatchObject({ status: 0, code: undefined });
      expect(endStateOf(first.work)).toEqual(expected);
      await rm(first.scratch, { recursive: true });
    });
    // A test whose kills come too late would prove nothing; how many do depends on what else the machine does.
    expect(unfinished).toBeGreaterThan(trials / 5);
  });
});

describe("a step that was killed when its push was on the way", () => {
  it.each(rows)("%s: the push goes through, and the next attempt finds it", async (_, moment) => {
    const first = await moments[moment].begin();
    await beforePushes(first.work, ": > waiting/push; while [ ! -e waiting/go ]; do pause; done\n");
    const { process: child, ended } = await startGithubStep(first);
    const waiting = join(first.work, "gitops.git", "waiting");
    await untilThere(waiting, "push");
    child.kill("SIGKILL");
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    const commits = endStateOf(first.work).commits.length;
    await mkdir(join(waiting, "go"));
    while (endStateOf(first.work).commits.length === commits) await sleep(5);
    expect(await runGithubStep({ ...first, attempt: 2 })).toMatchObject({ status: 0, code: undefined });
    expect(endStateOf(first.work)).toEqual(ends.get(moment)?.state);
  });

  // The second attempt reads the ledger, then the first attempt's push lands. It is told, and the third completes.
  it("promote: an attempt that meets the push is refused, and the one after it completes", async () => {
    const first = await moments.staged.begin();
    await beforePushes(
      first.work,
      `before=$(git rev-parse main)
if mkdir waiting/first 2>/dev/null
then while [ ! -e waiting/second ]; do pause; done
else : > waiting/second; while [ "$(git rev-parse main)" = "$before" ]; do pause; done
fi
`,
    );
    const { process: child, ended } = await startGithubStep(first);
    await untilThere(join(first.work, "gitops.git", "waiting"), "first");
    child.kill("SIGKILL");
    await ended;
    expect(await runGithubStep({ ...first, attempt: 2 })).toMatchObject({ status: 3, code: "STATE_MOVED" });
    const third = await runGithubStep({ ...first, attempt: 2 });
    expect(third).toMatchObject({ status: 0, outputs: { promoted: "false", state: "production" } });
    expect(endStateOf(first.work)).toEqual(ends.get("staged")?.state);
  });
});

describe("when a step is run again", () => {
  // With a token over HTTPS, it would lie there in clear text.
  it("nothing stays in the temporary directory", async () => {
    const first = await moments.staged.begin();
    const { process: child, ended } = await startGithubStep(first);
    const temporary = join(first.scratch, "tmp");
    await untilThere(temporary, "slipway-git.");
    child.kill("SIGKILL");
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    expect(await runGithubStep({ ...first, attempt: 2 })).toMatchObject({ status: 0 });
    expect(await readdir(temporary)).toEqual([]);
  });

  it("nothing stays in the store", async () => {
    const step = await moments.staged.begin();
    const store = join(step.work, "store");
    const owner = new URL("../../src/content/fixtures/owner-process.ts", import.meta.url);
    const dead = startFile(owner, [join(store, ".slipway"), "ingest"]);
    await dead.line();
    await dead[Symbol.asyncDispose]();
    expect(leavingsIn(store)).toHaveLength(2);
    expect(await runGithubStep(step)).toMatchObject({ status: 0 });
    expect(leavingsIn(store)).toEqual([]);
  });

  it("rollback says what is held", async () => {
    const first = await moments.deployed.begin();
    const { outputs } = await runGithubStep(first);
    expect(outputs["held"]).toMatch(/^sha256:/);
    const again = await runGithubStep({ ...first, attempt: 2 });
    expect(again).toMatchObject({ status: 0, outputs: { changed: "false", held: outputs["held"] } });
  });
});

async function inTwoLanes(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all([lane(), lane()]);
}
