/** Runs checks side by side and tells about each in one line, as it ends. */

import pLimit from "p-limit";
import type { Check, Verdict } from "./check.ts";

/**
 * @param atOnce how many checks run side by side
 * @param print receives lines, and the whole output of a check that failed
 * @returns whether all passed
 */
export async function runChecks(
  checks: readonly Check[],
  { atOnce, print }: { readonly atOnce: number; readonly print: (text: string) => void },
): Promise<boolean> {
  const limit = pLimit(atOnce);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const passed = await Promise.all(
    checks.map((check) =>
      limit(async () => {
        const started = performance.now();
        const { ok, output } = await judge(check);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        print(`${check.name.padEnd(width)}  ${ok ? "ok    " : "failed"}  ${seconds.padStart(5)} s`);
        if (!ok) print(`${output.trimEnd().replace(/^/gm, "    ")}\n`);
        return ok;
      }),
    ),
  );
  const failures = passed.filter((ok) => !ok).length;
  print(`${passed.length - failures} passed, ${failures} failed`);
  return failures === 0;
}

/** A check that cannot run has failed: a missing tool must not look like a clean tree. */
async function judge(check: Check): Promise<Verdict> {
  try {
    return await check.judge();
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}
