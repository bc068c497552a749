/** What must never be in the bundle. */

import { homedir } from "node:os";
import type { GeneratedFile } from "../generated-files.ts";

/** All files together; a runner downloads them in every job that uses an action. */
export const sizeBudget = 8_000_000;

/** One line for each thing that is wrong with the files; empty when nothing is. */
export function faultsOf(files: readonly GeneratedFile[], root: string): readonly string[] {
  const faults: string[] = [];
  for (const { path, content } of files) {
    const text = Buffer.from(content).toString("utf8");
    for (const place of [root, homedir()].filter((path) => path.length > 1)) {
      if (text.includes(`${place}/`)) faults.push(`${path} holds a path of this machine, ${place}/`);
    }
    // esbuild's stand-in for a `require` that it could not follow: it would fail on the user's machine.
    if (text.includes("Dynamic require of")) faults.push(`${path} holds a require that is not bundled`);
  }
  const size = files.reduce((total, { content }) => total + Buffer.byteLength(content), 0);
  if (size > sizeBudget) faults.push(`dist/ has ${size} bytes; the budget is ${sizeBudget}`);
  return faults;
}
