import type { OutputKind, StepContract } from "../contract/index.ts";
import { hostError } from "./errors.ts";

/** One output as a host carries it. */
export interface OutputText {
  readonly name: string;
  readonly value: string | number | boolean;
  readonly text: string;
}

type Scalar = OutputText["value"];

const isOfKind: Readonly<Record<OutputKind, (value: unknown) => value is Scalar>> = {
  string: (value): value is Scalar => typeof value === "string",
  number: (value): value is Scalar => typeof value === "number" && Number.isFinite(value),
  boolean: (value): value is Scalar => typeof value === "boolean",
  // Empty where nothing was made: a dry run, or a form that was not asked for.
  digest: (value): value is Scalar => typeof value === "string" && /^(sha256:[0-9a-f]{64})?$/.test(value),
};

/**
 * The outputs in the order in which they are written: digests last, because whoever sees one relies on all the rest.
 *
 * @throws SlipwayError OUTPUT_INVALID when the values are not the declared ones
 */
export function outputTexts(
  contract: Pick<StepContract, "name" | "outputs">,
  values: ReadonlyMap<string, unknown>,
): readonly OutputText[] {
  for (const name of values.keys()) {
    if (contract.outputs[name] !== undefined) continue;
    throw hostError("OUTPUT_INVALID", `the step "${contract.name}" returned an undeclared output "${name}"`);
  }
  const declared = Object.entries(contract.outputs);
  const isLast = ([, output]: (typeof declared)[number]) => output.kind === "digest";
  return [...declared.filter((entry) => !isLast(entry)), ...declared.filter(isLast)].map(([name, { kind }]) => {
    const value = values.get(name);
    if (isOfKind[kind](value)) return { name, value, text: String(value) };
    throw hostError("OUTPUT_INVALID", `the output "${name}" of the step "${contract.name}" is not a ${kind}`);
  });
}
