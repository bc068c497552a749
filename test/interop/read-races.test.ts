import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endStateOf } from "../e2e/lifecycle/end-state.ts";
import { beforePushes, type Moments, makeMoments, slowToRead, untilThere } from "../e2e/lifecycle/run-again.ts";
import { type EndedStep, type GithubStep, runGithubStep, startGithubStep } from "../support/github-step.ts";

/*
 * Two processes promote one release to one state. Order is decided in Git (DESIGN 5.5): one wins, and the other is told.
 */

let moments: Moments;
/** The end when one run promotes, and nobody else. */
let alone: unknown;

beforeAll(async () => {
  moments = await makeMoments();
  const step = await moments.staged.begin();
  await runGithubStep(step);
  alone = withoutRun(endStateOf(step.work));
});

afterAll(() => moments[Symbol.asyncDispose]());

describe("of two promotions at once, by different runs", () => {
  it("one wins and the other gets STATE_MOVED, when both have read before either has written", async () => {
    const first = await moments.staged.begin();
    await beforePushes(first.work, ': > "waiting/$$"; while [ "$(ls waiting | wc -l)" -lt 2 ]; do pause; done\n');
    const second = { ...first, run: "4712", scratch: join(first.scratch, "second") };
    const [won, lost, ...more] = sorted(await Promise.all([runGithubStep(first), runGithubStep(second)]));
    expect(more).toEqual([]);
    expect(won).toMatchObject({ status: 0, outputs: { promoted: "true", state: "production", sequence: "2" } });
    expect(lost).toMatchObject({ status: 3, code: "STATE_MOVED", outputs: {} });
    expectOnePromotion(first.work);
    const later = await runGithubStep({ ...second, attempt: 2 });
    expect(later).toMatchObject({ status: 0, outputs: { promoted: "false", state: "production", sequence: "2" } });
    expectOnePromotion(first.work);
  });

  it("one wins, and the other is told or finds it done, however they meet", async () => {
    for (let race = 0; race < 4; race += 1) {
      const first = await moments.staged.begin();
      const second = { ...first, run: "4712", scratch: join(first.scratch, "second") };
      const [won, lost] = sorted(await Promise.all([runGithubStep(first), runGithubStep(second)]));
      expect(won).toMatchObject({ status: 0, outputs: { promoted: "true" } });
      if (lost?.status === 0) expect(lost.outputs).toMatchObject({ promoted: "false", state: "production" });
      else expect([lost?.status, lost?.code]).toEqual([3, "STATE_MOVED"]);
      expectOnePromotion(first.work);
    }
  });
});

// What is read of the store has a link then that what is read of the ledger lacks.
describe("whoever reads the ledger just before a promotion, and the store just after it,", () => {
  it("is not refused to serve the release", async () => {
    const promotion = await moments.staged.begin();
    const { subject = "", policy = "" } = promotion.inputs;
    const verified = { subject, policy, for: "serve" };
    expect(await meet(promotion, { step: "verify", inputs: verified })).toMatchObject({ status: 0, code: undefined });
  });

  it("is told that the state moved, or that it is done", async () => {
    const promotion = await moments.staged.begin();
    const { status, code, outputs } = await meet(promotion, {});
    if (status === 0) expect(outputs).toMatchObject({ promoted: "false", state: "production" });
    else expect(code).toBe("STATE_MOVED");
  });
});

/** Has a step of another run read the ledger, then the promotion happen, and the step go on. */
async function meet(promotion: GithubStep, other: Partial<GithubStep>): Promise<EndedStep> {
  const slow = join(promotion.scratch, "slow");
  const env = await slowToRead(slow);
  const step = { ...promotion, ...other, run: "4712", scratch: join(promotion.scratch, "second"), env };
  const { ended } = await startGithubStep(step);
  await untilThere(slow, "asked");
  const { outputs } = await runGithubStep(promotion);
  if (outputs["promoted"] !== "true") throw new Error("the release was not promoted");
  await mkdir(join(slow, "go"));
  return ended;
}

function expectOnePromotion(work: string): void {
  expect(withoutRun(endStateOf(work))).toEqual(alone);
}

function withoutRun(state: ReturnType<typeof endStateOf>): unknown {
  return JSON.parse(JSON.stringify(state).replaceAll("4712", "4711"));
}

/** Whoever promoted comes first. */
function sorted(ended: readonly EndedStep[]): readonly EndedStep[] {
  const rank = ({ status, outputs }: EndedStep) => (status === 0 && outputs["promoted"] === "true" ? 0 : 1);
  return ended.toSorted((a, b) => rank(a) - rank(b));
}
