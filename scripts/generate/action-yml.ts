/** `action.yml`: how GitHub is told about a step (docs: "Metadata syntax reference"). */

import type { StepContract } from "../../src/contract/index.ts";
import { describeOutput, describeWithExample, oneLine } from "./describe.ts";
import { yamlText } from "./yaml.ts";

/** The text of `actions/<step>/action.yml`. */
export function actionYml(contract: StepContract): string {
  const { name, inputs, outputs } = contract;
  const metadata = {
    name: `slipway ${name}`,
    description: oneLine(contract.summary),
    author: "Slipway",
    inputs: mapValues(inputs, (input) => ({
      description: describeWithExample(input),
      required: input.required,
      default: input.default,
    })),
    outputs: mapValues(outputs, (output) => ({ description: describeOutput(output) })),
    runs: {
      using: "node24",
      main: `../../dist/${name}.js`,
      post: contract.cleanup ? `../../dist/${name}-cleanup.js` : undefined,
    },
    branding: { icon: "anchor", color: "blue" },
  };
  return yamlText(metadata, [`Generated from actions/${name}/contract.ts by npm run generate; edit that instead.`]);
}

/** Undefined when there is nothing, because GitHub's schema has no empty maps. */
function mapValues<T, U>(values: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> | undefined {
  const entries = Object.entries(values);
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([name, value]) => [name, map(value)]));
}
