import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Action, anyAction } from "../../test/support/lifecycle-actions.ts";
import { Story } from "../../test/support/lifecycle-story.ts";
import { rememberSignatures } from "../../test/support/remembered-signatures.ts";

/** How many stories are told. */
/** The slow interop suite has all of them; each story takes some 15 ms. */
const thorough = process.env["SLIPWAY_TESTS"] === "thorough";
const stories = thorough ? 2000 : 120;

/** Three releases that could go all the way, and one that says too little of itself. */
const complete = [true, true, true, false];

const prepare = (release: number): Action => ({ kind: "prepare", release, without: -1 });
const promote = (release: number): Action => ({
  kind: "promote",
  release,
  without: -1,
  to: undefined,
  by: undefined,
  retirement: {},
  reason: undefined,
  advisory: undefined,
  used: false,
  crashes: [],
  again: false,
});

/** What has happened before, each going on from the one before it. */
const pasts: readonly (readonly Action[])[] = [
  [],
  [promote(0), prepare(1)],
  [promote(0)],
  [promote(1), prepare(1)],
  [promote(1), prepare(0)],
  [promote(0), prepare(2)],
];

const targets = ["staging", "production", "retired", "archived", "revoked"];
const answers = ["promoted", "present", "ROLE_REQUIRED", "GATE_UNMET"];
const ordinaryGates = ["signature", "scan", "evaluation", "shadow", "rollback-plan", "runbook", "approval"];
const saidGates = ["replacement", "sunset", "migration-path", "sunset-over", "no-consumers", "reason", "advisory"];
/** What must have happened in some story, or the test says little. */
const worthSeeing = [
  ...answers.flatMap((answer) => targets.map((to) => `${answer} ${to}`)),
  ...["experimental", "staging", "production", "retired", "archived"].map((to) => `TRANSITION_NOT_ALLOWED ${to}`),
  ...[...ordinaryGates, ...saidGates].map((gate) => `GATE_UNMET lacks only ${gate}`),
  ...["owner", "lineage", "model-card"].map((gate) => `lacks ${gate}`),
  ...["crashed", "completed"],
];

beforeAll(rememberSignatures);

it("agrees with the rules, whoever does whatever and wherever it is cut off", { timeout: 120_000 }, async () => {
  const happened = new Set<string>();
  const beginnings: Story[] = [];
  let story = await Story.begin(complete, (what) => happened.add(what));
  for (const past of pasts) {
    story = story.fork();
    for (const action of past) await story.tell(action);
    beginnings.push(story);
  }
  const actions = fc.array(anyAction(complete.length), { minLength: 5, maxLength: 10, size: "max" });
  await fc.assert(
    fc.asyncProperty(fc.nat(pasts.length - 1), actions, async (past, told) => {
      const telling = beginnings[past]?.fork();
      for (const action of told) await telling?.tell(action);
      await telling?.end();
    }),
    { numRuns: stories },
  );
  const unseen = worthSeeing.filter((what) => !happened.has(what));
  if (thorough) expect(unseen).toEqual([]);
  // What is rare may not occur in a few stories.
  else expect(unseen.length).toBeLessThan(worthSeeing.length / 4);
});
