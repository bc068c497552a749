/** `npm run check`: everything about the sources that can be judged without running them. */

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { peer } from "../test/interop/peers.ts";
import { type Check, programCheck, ruleCheck, toolCheck } from "./check/check.ts";
import { runChecks } from "./check/run-checks.ts";
import { foreignPlacesIn, lockedAddresses, missingIntroductions } from "./check/tree.ts";
import { root } from "./repository.ts";

const installed = (name: string): string => join(root, "node_modules", ".bin", name);

/** Ours, and the templates that users copy. */
const workflows = [".github/workflows/*.{yml,yaml}", "workflows/*.{yml,yaml}"];

/** The slowest first, so that the short ones fill the gaps. */
const checks: readonly Check[] = [
  programCheck("types", installed("tsc"), ["--noEmit"]),
  programCheck("bundle", process.execPath, ["scripts/bundle.ts", "--check"]),
  programCheck("generated files", process.execPath, ["scripts/generate.ts", "--check"]),
  programCheck("style", installed("biome"), ["ci", "--colors=off", "--error-on-warnings", "--diagnostic-level=warn"]),
  programCheck("unused code", installed("knip"), ["--no-progress"]),
  programCheck("imports", installed("depcruise"), [
    "--config",
    ".dependency-cruiser.mjs",
    ...["src", "actions", "scripts", "test", "action-fixtures"],
  ]),
  toolCheck("workflows", () => peer("actionlint"), { files: workflows }),
  toolCheck("workflow security", () => peer("zizmor"), {
    options: ["--offline", "--no-progress", "--quiet"],
    files: [...workflows, "{actions,.github/actions}/*/action.yml", ".github/dependabot.yml"],
  }),
  ruleCheck("introductions", () => missingIntroductions(root)),
  ruleCheck("lock file", async () => lockedAddresses(await readFile(join(root, "package-lock.json"), "utf8"))),
  ruleCheck("machine paths", () => foreignPlacesIn(root)),
];

const passed = await runChecks(checks, { atOnce: availableParallelism(), print: console.log });
if (!passed) process.exitCode = 1;
