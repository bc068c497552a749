/** One check: a name, and a way to find out whether it holds. */

import { findFiles } from "../find-files.ts";
import { run } from "../peers/run.ts";
import { root } from "../repository.ts";

export interface Verdict {
  readonly ok: boolean;
  /** What is wrong; shown only when the check failed. */
  readonly output: string;
}

export interface Check {
  readonly name: string;
  judge(): Promise<Verdict>;
}

/** A program that ends with 0 when all is well. It starts in the repository root. */
export function programCheck(name: string, file: string, args: readonly string[]): Check {
  return { name, judge: () => outcomeOf(file, args) };
}

/**
 * A third-party tool over the files that globs find, relative to the repository root.
 *
 * @param tool gives its path; throws an Error with the command that installs it
 */
export function toolCheck(
  name: string,
  tool: () => string,
  { options = [], files }: { readonly options?: readonly string[]; readonly files: readonly string[] },
): Check {
  return {
    name,
    async judge() {
      const found = await findFiles(root, files);
      // Some tools look for files of their own when they are given none.
      if (found.length === 0) return { ok: false, output: `no file is like any of: ${files.join(", ")}` };
      return outcomeOf(tool(), [...options, ...found]);
    },
  };
}

async function outcomeOf(file: string, args: readonly string[]): Promise<Verdict> {
  const { code, stdout, stderr } = await run(file, args, {
    cwd: root,
    // Colours would be in the way of whoever reads the output in a log.
    env: { NO_COLOR: "1", FORCE_COLOR: undefined },
    timeout: 5 * 60_000,
  });
  return { ok: code === 0, output: `${stdout}${stderr}` };
}

/** A function that finds one line for each thing that is wrong. */
export function ruleCheck(name: string, findFaults: () => Promise<readonly string[]>): Check {
  return {
    name,
    async judge() {
      const faults = await findFaults();
      return { ok: faults.length === 0, output: faults.join("\n") };
    },
  };
}
