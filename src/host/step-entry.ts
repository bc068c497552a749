import {
  type Host,
  type InputContext,
  type Inputs,
  type InputValues,
  type Outputs,
  readInputs,
  type StepCleanup,
  type StepContract,
  type StepResult,
  type Summary,
} from "../contract/index.ts";
import type { SlipwayError } from "../errors/index.ts";
import { type OutputText, outputTexts } from "./output-texts.ts";

/** What a step's module exports. */
export interface StepModule<I extends Inputs, O extends Outputs> {
  readonly run: (inputs: InputValues<I>, host: Host) => Promise<StepResult<O>>;
  readonly cleanup?: StepCleanup;
}

interface StepOutcome {
  readonly outputs: readonly OutputText[];
  readonly summary: Summary;
  readonly refusal: SlipwayError | undefined;
}

/** A step whose input and output types are sealed inside, so that steps of all types fit into one list. */
export interface StepEntry {
  readonly contract: StepContract;
  /**
   * Reads the inputs, loads the step's code, runs it.
   * @throws SlipwayError what reading an input or the step itself throws; OUTPUT_INVALID
   */
  invoke(texts: InputTexts, context: InputContext, host: Host): Promise<StepOutcome>;
  cleanUp: StepCleanup;
}

/** The texts that a host gives, by input name. */
export type InputTexts = Readonly<Record<string, string | undefined>>;

/** Joins a contract and its code; the code is loaded only when its inputs have been read. */
export function stepEntry<const I extends Inputs, const O extends Outputs>(
  contract: StepContract<I, O>,
  load: () => Promise<StepModule<NoInfer<I>, NoInfer<O>>>,
): StepEntry {
  return {
    contract,
    async invoke(texts, context, host) {
      const inputs = readInputs(contract, texts, context);
      const { run } = await load();
      const { outputs, summary, refusal } = await run(inputs, host);
      const values = new Map<string, unknown>(Object.entries(outputs));
      return { outputs: outputTexts(contract, values), summary, refusal };
    },
    async cleanUp(state, host) {
      const { cleanup } = await load();
      await cleanup?.(state, host);
    },
  };
}
