import { closest } from "fastest-levenshtein";
import { contractError } from "./errors.ts";
import type { InputContext } from "./input.ts";
import type { Inputs, InputValues, StepContract } from "./step.ts";

/**
 * Reads all inputs of a step from the texts that a host gives.
 *
 * @param texts by input name; absent, empty and blank texts mean "not given"
 * @throws SlipwayError INPUT_UNKNOWN, INPUT_MISSING, INPUT_INVALID, SECRET_INLINE
 */
export function readInputs<I extends Inputs>(
  contract: Pick<StepContract<I>, "name" | "inputs">,
  texts: Readonly<Record<string, string | undefined>>,
  context: InputContext,
): InputValues<I> {
  const known = Object.keys(contract.inputs);
  for (const name of Object.keys(texts)) {
    if (known.includes(name)) continue;
    throw contractError("INPUT_UNKNOWN", `the step "${contract.name}" has no input "${name}"`, {
      remedy:
        known.length === 0 ? "Remove it." : `Did you mean "${closest(name, known)}"? Inputs are: ${known.join(", ")}.`,
    });
  }
  const values: Partial<Record<keyof I, unknown>> = {};
  for (const name of known) values[name as keyof I] = contract.inputs[name]?.read(name, texts[name], context);
  return values as InputValues<I>;
}
