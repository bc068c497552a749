import type { SlipwayError } from "../errors/index.ts";
import type { Host, HostName } from "./host.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import type { Summary } from "./summary.ts";

export type Inputs = Readonly<Record<string, Input<unknown>>>;
export type Outputs = Readonly<Record<string, Output<string | number | boolean>>>;

/** What the generated Tekton Task asks of the node, in Kubernetes quantities. */
interface Resources {
  readonly cpu: string;
  readonly memory: string;
  /** Number of `nvidia.com/gpu`. */
  readonly gpu?: number;
}

export interface StepContract<I extends Inputs = Inputs, O extends Outputs = Outputs> {
  /** Kebab-case; the action's folder, the Task's name and the sub-command. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Paragraphs for the reference page: what it guarantees, what it refuses. */
  readonly details: string;
  readonly hosts: readonly HostName[];
  /** Input that the command line takes without its flag. */
  readonly positional: string | undefined;
  readonly inputs: I;
  readonly outputs: O;
  readonly resources: Resources;
  /** True when the step has a clean-up that GitHub runs after the job (`post`). */
  readonly cleanup: boolean;
}

export type InputValues<I extends Inputs> = {
  readonly [K in keyof I]: I[K] extends Input<infer Value> ? Value : never;
};
type OutputValues<O extends Outputs> = {
  readonly [K in keyof O]: O[K] extends Output<infer Value> ? Value : never;
};

export interface StepResult<O extends Outputs> {
  readonly outputs: OutputValues<O>;
  /** What a person sees when the step is done. */
  readonly summary: Summary;
  /** Set when the answer is no: outputs and summary are shown, then the step fails with it. */
  readonly refusal?: SlipwayError;
}

/** The body of a step. */
export type StepRun<C> =
  C extends StepContract<infer I, infer O> ? (inputs: InputValues<I>, host: Host) => Promise<StepResult<O>> : never;

/** The clean-up of a step: `state` holds what the run saved. Failures in it only warn. */
export type StepCleanup = (state: Readonly<Record<string, string>>, host: Host) => Promise<void>;

type Declaration<I extends Inputs, O extends Outputs> = Pick<
  StepContract<I, O>,
  "name" | "summary" | "details" | "inputs" | "outputs"
> &
  Partial<Pick<StepContract<I, O>, "hosts" | "resources" | "cleanup">> & {
    // Not `keyof I` in the contract itself: contracts of all types could then not stand in one list.
    readonly positional?: (keyof I & string) | undefined;
  };

/**
 * Declares a step once. `action.yml`, the Tekton Task, the command-line help, the JSON Schema and the
 * README tables are generated from it, and `step.ts` receives its inputs as typed values.
 */
export function defineStep<const I extends Inputs, const O extends Outputs>(
  declaration: Declaration<I, O>,
): StepContract<I, O> {
  return {
    hosts: ["github", "tekton", "cli"],
    positional: undefined,
    resources: { cpu: "250m", memory: "256Mi" },
    cleanup: false,
    ...declaration,
  };
}
