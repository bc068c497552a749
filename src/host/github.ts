import { randomUUID } from "node:crypto";
import {
  debug,
  endGroup,
  error,
  info,
  saveState,
  setOutput,
  setSecret,
  startGroup,
  summary as stepSummary,
  warning,
} from "@actions/core";
import { type Host, secretInEnvironment } from "../contract/index.ts";
import { renderMarkdown, renderText } from "../report/index.ts";
import { type Environment, firstDirectory, githubRun } from "./environment.ts";
import { failureLines, failureSummary } from "./failure.ts";
import { declaredInputs } from "./input-environment.ts";
import { periodicProgress } from "./progress/periodic.ts";
import type { Ending, HostAdapter } from "./run-step.ts";
import { githubWorkflow } from "./workflow.ts";

const maxSummaryBytes = 1024 * 1024;
const stateVariable = /^STATE_(.+)$/;

/** GitHub Actions: inputs from the runner's environment, outputs and summary into its files, workflow commands. */
export function githubAdapter(env: Environment): HostAdapter {
  let groups = 0;
  return {
    name: "github",
    env,
    place: () => ({
      run: { ...githubRun(env), workflow: githubWorkflow(env) },
      identityProvider: identityProvider(env),
      directory: firstDirectory(env["GITHUB_WORKSPACE"], process.cwd()),
      secrets: env,
    }),
    // The runner itself warns about inputs that an action does not declare.
    inputs: (contract) => declaredInputs(contract, env),
    info: log,
    warn: (text, title) => warning(text, title === undefined ? {} : { title }),
    debug,
    openGroup(title) {
      // The runner has one level only: a second ::group:: would end the first.
      if (groups === 0) startGroup(title);
      else log(title);
      groups += 1;
    },
    closeGroup() {
      groups -= 1;
      if (groups === 0) endGroup();
    },
    progress: (title, total) => periodicProgress(title, total, log),
    mask: setSecret,
    keepState: saveState,
    writeOutputs(_, outputs) {
      for (const { name, text } of outputs) setOutput(name, text);
    },
    conclude(ending) {
      // A crash leaves its group open, and the failure would be folded away in it.
      if (groups > 0) endGroup();
      groups = 0;
      return conclude(ending, env);
    },
  };
}

/** Where the job's identity tokens come from; undefined without the permission `id-token: write`. */
function identityProvider(env: Environment): Host["identityProvider"] {
  const url = env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const variable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
  if (url === "" || (env[variable] ?? "") === "") return undefined;
  return { url, token: secretInEnvironment(variable, env) };
}

/** What the run saved for its clean-up. */
export function savedState(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([variable, value]) => {
      const name = stateVariable.exec(variable)?.[1];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

async function conclude({ step, summary, failure }: Ending, env: Environment): Promise<void> {
  if (summary !== undefined) log(renderText(summary, { width: 100, color: false }).trimEnd());
  if (failure !== undefined) {
    if (failure.stack !== undefined) {
      startGroup("Stack trace");
      log(failure.stack);
      endGroup();
    }
    // The code also in the text: the log shows an annotation without its title.
    const lines = failureLines({ ...failure, stack: undefined }, { color: false });
    error(lines.join("\n"), { title: failure.code });
  }
  if (!env["GITHUB_STEP_SUMMARY"]) return;
  const first = failure === undefined ? "" : `${renderMarkdown(failureSummary(step, failure), maxSummaryBytes / 2)}\n`;
  const rest = summary === undefined ? "" : renderMarkdown(summary, maxSummaryBytes - Buffer.byteLength(first));
  try {
    await stepSummary.addRaw(first + rest).write();
  } catch (thrown) {
    // The step's result stands; a full disk under the runner's page must not turn it.
    warning(`the job summary could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/**
 * Prints lines that the runner must not take for workflow commands: they quote file names and other tools' output.
 * The runner obeys `::` at the start of a line and the older `##[` anywhere in it.
 */
function log(text: string): void {
  const token = randomUUID();
  const harmless = !/^\s*::|##\[/m.test(text);
  info(harmless ? text : `::stop-commands::${token}\n${text}\n::${token}::`);
}
