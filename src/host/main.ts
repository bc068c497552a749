import type { Inputs, Outputs, StepContract } from "../contract/index.ts";
import { exitStatus } from "../errors/index.ts";
import { hostError } from "./errors.ts";
import { failureLines, failureOf } from "./failure.ts";
import { leave, watchStreams } from "./leave.ts";
import { type HostAdapter, runCleanup, runStep } from "./run-step.ts";
import { type StepModule, stepEntry } from "./step-entry.ts";

/**
 * The entry point of a step as an action: finds out which host it is on, runs the step there, sets the exit status.
 * A host's adapter, and with it `@actions/core`, is loaded by the host that needs it only.
 */
export async function runAction<const I extends Inputs, const O extends Outputs>(
  contract: StepContract<I, O>,
  load: () => Promise<StepModule<NoInfer<I>, NoInfer<O>>>,
): Promise<void> {
  watchStreams();
  const adapter = await adapterHere();
  leave(adapter === undefined ? nowhere(contract.name) : await runStep(stepEntry(contract, load), adapter));
}

/** The entry point of a step's clean-up, which GitHub runs after the job (`post`). Never fails the job. */
export async function runActionCleanup<const I extends Inputs, const O extends Outputs>(
  contract: StepContract<I, O>,
  load: () => Promise<StepModule<NoInfer<I>, NoInfer<O>>>,
): Promise<void> {
  watchStreams();
  const { githubAdapter, savedState } = await import("./github.ts");
  await runCleanup(stepEntry(contract, load), savedState(process.env), githubAdapter(process.env));
  leave(0);
}

async function adapterHere(): Promise<HostAdapter | undefined> {
  const { env } = process;
  if (env["SLIPWAY_HOST"] === "tekton") return (await import("./tekton.ts")).tektonAdapter(env);
  if (env["GITHUB_ACTIONS"] === "true") return (await import("./github.ts")).githubAdapter(env);
  return undefined;
}

function nowhere(step: string): number {
  const error = hostError("HOST_UNKNOWN", `the action "${step}" was started outside GitHub Actions and Tekton`, {
    remedy: `Use the command line instead: \`slipway ${step} --help\`.`,
  });
  const failure = failureOf(error, undefined, (text) => text);
  process.stderr.write(`${failureLines(failure, { color: false }).join("\n")}\n`);
  return exitStatus[failure.family];
}
