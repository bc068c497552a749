import { exitStatus } from "../errors/index.ts";
import { failureOf } from "./failure.ts";
import { leave, watchStreams } from "./leave.ts";
import { requireNode } from "./node-version.ts";
import { runStep } from "./run-step.ts";
import type { StepEntry } from "./step-entry.ts";

/**
 * The `slipway` command: `slipway STEP [FLAGS]`. Sets the process's exit status; never throws.
 *
 * @param steps all steps; only the chosen one's code is loaded
 * @param argv the words after the program's name
 */
export async function runCommandLine(steps: readonly StepEntry[], argv: readonly string[]): Promise<void> {
  watchStreams();
  leave(await statusOf(steps, argv));
}

async function statusOf(steps: readonly StepEntry[], argv: readonly string[]): Promise<number> {
  const { env, stdout, stderr } = process;
  const [{ asksForJson, parseCommandLine }, { commandLineAdapter }, { lookOf }] = await Promise.all([
    import("./command/parse.ts"),
    import("./command/adapter.ts"),
    import("./command/look.ts"),
  ]);
  try {
    requireNode(process.versions.node);
    const nothing = argv.length === 0;
    const request = parseCommandLine(steps, nothing ? ["--help"] : argv, lookOf(nothing ? stderr : stdout, env));
    if (request.kind === "run") return await runStep(request.entry, commandLineAdapter(request, env));
    (nothing ? stderr : stdout).write(request.text);
    return nothing ? exitStatus.configuration : 0;
  } catch (thrown) {
    const failure = failureOf(thrown, undefined, (text) => text);
    const named = steps.find(({ contract }) => contract.name === argv[0]);
    const adapter = commandLineAdapter({ texts: {}, json: asksForJson(argv), debug: false }, env);
    await adapter.conclude({ step: named?.contract.name, outputs: [], summary: undefined, failure });
    return exitStatus[failure.family];
  }
}
