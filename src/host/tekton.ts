import { existsSync, writeFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { contractError, type StepContract } from "../contract/index.ts";
import { reason } from "../errors/index.ts";
import { renderText } from "../report/index.ts";
import { type Environment, firstDirectory, tektonRun } from "./environment.ts";
import { hostError } from "./errors.ts";
import { failureLines } from "./failure.ts";
import { declaredInputs, undeclaredInputs } from "./input-environment.ts";
import type { OutputText } from "./output-texts.ts";
import { periodicProgress } from "./progress/periodic.ts";
import type { HostAdapter } from "./run-step.ts";
import type { InputTexts } from "./step-entry.ts";
import { tektonWorkflow } from "./workflow.ts";

// A step's results share one termination message of 4096 bytes with Tekton's own entries, and a pod has 12 KiB for all
// its containers; above that the TaskRun fails without a word about which result it was.
const maxResultBytes = 1024;

const logWidth = 100;

/** Tekton: inputs from the generated Task's environment, results into its files, everything else into the log. */
export function tektonAdapter(env: Environment): HostAdapter {
  let depth = 0;
  const print = (text: string) => {
    const indent = "  ".repeat(depth);
    for (const line of text.split("\n")) process.stdout.write(`${`${indent}${line}`.trimEnd()}\n`);
  };
  return {
    name: "tekton",
    env,
    // A consumer of a result that was never written fails with an error that names neither step nor reason.
    prepare: (contract) => emptyResults(contract, env),
    place: () => ({
      run: { ...tektonRun(env), workflow: tektonWorkflow(env) },
      directory: firstDirectory(env["WORKSPACE_SOURCE"], process.cwd()),
      secrets: {},
    }),
    inputs: (contract) => ({ ...undeclaredInputs(contract, env), ...withoutAbsentFiles(contract, env) }),
    info: print,
    warn: (text) => print(`warning: ${text}`),
    debug(text) {
      if (env["SLIPWAY_DEBUG"] === "1") print(`debug: ${text}`);
    },
    openGroup(title) {
      print(title);
      depth += 1;
    },
    closeGroup() {
      depth -= 1;
    },
    progress: (title, total) => periodicProgress(title, total, print),
    writeOutputs: (contract, outputs) => writeResults(contract, outputs, env),
    conclude({ summary, failure }) {
      depth = 0;
      if (summary !== undefined) print(`\n${renderText(summary, { width: logWidth, color: false }).trimEnd()}`);
      if (failure !== undefined) print(`\n${failureLines(failure, { color: false }).join("\n")}`);
    },
  };
}

/** The variable with the path of an output's result file; the generated Task sets one for every output. */
function resultPath(output: string, env: Environment): string | undefined {
  return env[`RESULT_${output.toUpperCase().replaceAll("-", "_")}`] || undefined;
}

function emptyResults(contract: StepContract, env: Environment): void {
  for (const name of Object.keys(contract.outputs)) writeResult(name, "", env);
}

function writeResults(contract: StepContract, outputs: readonly OutputText[], env: Environment): void {
  const bytes = outputs.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxResultBytes) {
    throw contractError(
      "OUTPUT_TOO_LARGE",
      `the outputs of "${contract.name}" have ${bytes} bytes; Tekton carries 1024`,
      {
        details: outputs.map(({ name, text }) => `${name}: ${Buffer.byteLength(text)} bytes`),
      },
    );
  }
  try {
    for (const { name, text } of outputs) writeResult(name, text, env);
  } catch (thrown) {
    emptyResults(contract, env);
    throw thrown;
  }
}

function writeResult(name: string, text: string, env: Environment): void {
  const path = resultPath(name, env);
  if (path === undefined) return;
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw hostError("ENVIRONMENT_INVALID", `cannot write the result "${name}": ${reason(thrown)}`, { cause: thrown });
  }
}

/** The declared inputs; what its optional Secret or ConfigMap brought no file for was not given. */
function withoutAbsentFiles(contract: StepContract, env: Environment): InputTexts {
  const texts = declaredInputs(contract, env);
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const path = text?.trim() ?? "";
      const declared = contract.inputs[name];
      if (declared?.kind === "certificates") return [name, isAbsolute(path) && !existsSync(path) ? undefined : text];
      if ((declared?.kind !== "secret-file" && declared?.kind !== "token-file") || path === "") return [name, text];
      if (path.startsWith("env://")) {
        throw contractError("INPUT_INVALID", `the input "${name}" names an environment variable, ${path}`, {
          remedy:
            "On Tekton a secret is a file: mount the Secret, as the generated Task does, and give the file's path.",
        });
      }
      // Only a mounted path can be absent; anything else that is no file is a mistake, and the input says which.
      if (!isAbsolute(path) || existsSync(path)) return [name, text];
      if (declared.required) throw notMounted(name, path);
      return [name, undefined];
    }),
  );
}

/** The generated Task mounts an optional Secret, so that a missing one is found here, where a remedy can be given. */
function notMounted(input: string, path: string): Error {
  return contractError("SECRET_UNREADABLE", `no Secret brought the file ${path} of the input "${input}"`, {
    remedy: `Create the Secret that the param "${input}-secret" names, with the key that "${input}-secret-key" names.`,
  });
}
