// The contract of a step: its inputs, outputs and resources, and the port (`Host`) that it runs against.
// Says what a step is; how GitHub, Tekton and the command line carry it is in `src/host`.
// May import `src/errors`, and what `src/oci` says of references and of how registries are reached.

export { contractError } from "./errors.ts";
export type { Host, HostName, Progress, RunIdentity, Workflow } from "./host.ts";
export type { Input, InputContext, InputKind } from "./input.ts";
export { input } from "./inputs.ts";
export { type Output, type OutputKind, output } from "./output.ts";
export { readInputs } from "./read-inputs.ts";
export { reachOf, registryInputs } from "./registry-inputs.ts";
export { type Secret, secretInEnvironment } from "./secret.ts";
export {
  defineStep,
  type Inputs,
  type InputValues,
  type Outputs,
  type StepCleanup,
  type StepContract,
  type StepResult,
  type StepRun,
} from "./step.ts";
export type { Column, Fact, Summary, Table } from "./summary.ts";
