import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slipway, succeed } from "../support/command-line.ts";
import { buildScene, inCopyOf, modelName, type Scene, toProduction } from "../support/release-scene.ts";
import { treeOf } from "../support/tree.ts";
import { deploymentRows } from "./release-bad-input/deployments.ts";
import { evaluationRows } from "./release-bad-input/evaluations.ts";
import { ledgerRows } from "./release-bad-input/ledgers.ts";
import { policyRows } from "./release-bad-input/policies.ts";
import { promotionRows } from "./release-bad-input/promotions.ts";
import { rollbackRows } from "./release-bad-input/rollbacks.ts";
import type { Row } from "./release-bad-input/row.ts";
import { statementRows } from "./release-bad-input/statements.ts";
import { pointerRows } from "./release-bad-input/wrong-pointers.ts";

/*
 * What can be wrong between an evaluation and a rollback, through the built command line: each has its code, its
 * family's exit status, one line, a remedy, and leaves the store and the repository as they were.
 */

let directory: string;
let scene: Scene;
/** The machine has few cores, and every row starts several processes. */
const few = pLimit(2);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-release-bad-input-"));
  scene = await buildScene(directory);
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

const groups: Readonly<Record<string, readonly Row[]>> = {
  evaluations: evaluationRows,
  policies: policyRows,
  statements: statementRows,
  promotions: promotionRows,
  ledgers: ledgerRows,
  deployments: deploymentRows,
  pointers: pointerRows,
  rollbacks: rollbackRows,
};

describe.each(Object.entries(groups))("%s", (_group, rows) => {
  it.concurrent.each(rows.map((row) => [row.what, row] as const))("%s", (_what, row) => few(() => refuse(row)));
});

async function refuse(row: Row): Promise<void> {
  const moment = scene.moments[row.at ?? "deployed"];
  // What changes nothing, as all of these must, needs a copy only where something is to be made wrong first.
  if (row.prepare === undefined && row.evidence === undefined) await expectRefusal(row, moment);
  else await inCopyOf(moment, (copy) => expectRefusal(row, copy));
}

async function expectRefusal({ prepare, args, code, status, says, evidence }: Row, work: string): Promise<void> {
  await prepare?.(work, scene.releases);
  // The store, the policy, the keys and the repository with its branches: all that a step could change.
  const before = await treeOf(work);
  const answer = await slipway(args(scene.releases), work);
  const { ok, outputs, error } = answer.json();
  expect({ ok, code: error?.code, status: answer.code }, answer.stdout).toEqual({ ok: false, code, status });
  expect(error?.message).toMatch(/^[^\n]{10,}$/);
  expect(error?.remedy).toMatch(/^[^\n]{10,}$/);
  expect(answer.stdout + answer.stderr).not.toMatch(/\n\s+at |undefined|\[object|PRIVATE KEY-----/);
  if (says !== undefined) expect(answer.stdout).toMatch(says);
  const after = await treeOf(work);
  if (evidence === undefined) return expect(after).toEqual(before);
  expect(outputs["verdict"]).toBe(evidence);
  expect(await readFile(join(work, "store", "index.json"), "utf8")).toContain(`"${outputs["tag"]}"`);
  expect(besideStore(after)).toEqual(besideStore(before));
}

function besideStore(tree: Readonly<Record<string, string>>) {
  return Object.entries(tree).filter(([path]) => !path.startsWith("store/"));
}

it("has a row for each of these codes", () => {
  // A row whose code another row shares would still be a row; a code that no row has is the gap to see.
  const codes = Object.values(groups).flatMap((rows) => rows.map(({ code }) => code));
  expect(new Set(codes).size).toBeGreaterThanOrEqual(70);
});

describe("without the store", () => {
  const dryRun = ["rollback", modelName, ...toProduction, "--reason", "Latency", "--dry-run"];

  it("a rollback finds the same target in Git", async () => {
    await inCopyOf(scene.moments.replaced, async (work) => {
      const before = await succeed(dryRun, work);
      expect(before).toMatchObject({ "from-version": "1.1.0", "to-version": "1.0.0", source: "registry" });
      await rm(join(work, "store"), { recursive: true });
      const state = await treeOf(work);
      expect(await succeed(dryRun, work)).toEqual({ ...before, source: "Git" });
      expect(await treeOf(work)).toEqual(state);
    });
  });

  it("an audit answers from Git, and writes its page", async () => {
    await inCopyOf(scene.moments.replaced, async (work) => {
      const audit = (page: string) => succeed(["audit", "production", "--page", page], work);
      const before = await audit("before.html");
      expect(before).toMatchObject({ pointers: 1, problems: 0, source: "registry and Git" });
      await rm(join(work, "store"), { recursive: true });
      expect(await audit("after.html")).toEqual({ ...before, source: "Git only" });
      for (const page of ["before.html", "after.html"]) {
        const text = await readFile(join(work, page), "utf8");
        expect(text).toContain("1.1.0");
        expect(text).toContain("lena");
      }
    });
  });
});
