/** The programs in `dist/`: two lines of source for each, made from the contracts. */

import type { StepContract } from "../../src/contract/index.ts";

export type EntryContract = Pick<StepContract, "name" | "hosts" | "cleanup">;

/** One program. `source` stands in for a file in the repository root; `file` is a real one, relative to it. */
export type Entry = { readonly name: string; readonly executable?: boolean } & (
  | { readonly source: string }
  | { readonly file: string }
);

/**
 * A program for each action, one for each clean-up, the command line, and the threads that hash, copy and transfer.
 * An action knows its contract at once and loads its step when the inputs were read: a wrong input is told fast.
 */
export function entriesOf(contracts: readonly EntryContract[]): readonly Entry[] {
  const actions = contracts.filter(({ hosts }) => hosts.includes("github") || hosts.includes("tekton"));
  return [
    ...actions.map(({ name }) => ({ name, source: actionSource(name, "runAction") })),
    ...actions
      .filter(({ cleanup }) => cleanup)
      .map(({ name }) => ({ name: `${name}-cleanup`, source: actionSource(name, "runActionCleanup") })),
    { name: "slipway", source: commandLineSource, executable: true },
    { name: "content-worker", file: "src/content/content-worker.ts" },
    { name: "transfer-worker", file: "src/oci/registry/transfer/transfer-worker.ts" },
  ];
}

function actionSource(step: string, host: "runAction" | "runActionCleanup"): string {
  return `import { contract } from "./actions/${step}/contract.ts";
import { ${host} } from "./src/host/main.ts";
await ${host}(contract, () => import("./actions/${step}/step.ts"));
`;
}

const commandLineSource = `import { steps } from "./actions/index.ts";
import { runCommandLine } from "./src/host/command-line.ts";
await runCommandLine(steps, process.argv.slice(2));
`;
