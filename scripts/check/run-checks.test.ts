import { expect, test } from "vitest";
import { ruleCheck } from "./check.ts";
import { runChecks } from "./run-checks.ts";

async function outcome(...checks: Parameters<typeof runChecks>[0]): Promise<{ passed: boolean; lines: string[] }> {
  const lines: string[] = [];
  const passed = await runChecks(checks, {
    atOnce: 2,
    print: (text) => lines.push(text.replace(/\d+\.\d s/, "0.0 s")),
  });
  return { passed, lines };
}

const good = ruleCheck("good", async () => []);
const bad = ruleCheck("not good", async () => ["first fault", "second fault"]);
const broken = ruleCheck("broken", async () => {
  throw new Error("peer x is not installed");
});

test("passes when every check does", async () => {
  expect(await outcome(good)).toEqual({ passed: true, lines: ["good  ok        0.0 s", "1 passed, 0 failed"] });
});

test("shows what a failed check found, and runs the others", async () => {
  const { passed, lines } = await outcome(bad, good);
  expect(passed).toBe(false);
  expect(lines.toSorted()).toEqual(
    [
      "not good  failed    0.0 s",
      "    first fault\n    second fault\n",
      "good      ok        0.0 s",
      "1 passed, 1 failed",
    ].toSorted(),
  );
});

test("counts a check that cannot run as failed", async () => {
  const { passed, lines } = await outcome(broken);
  expect(passed).toBe(false);
  expect(lines).toContain("    peer x is not installed\n");
});
