/** JSON Schema (2020-12) of a step's inputs, as the texts that a host gives, and of its outputs. */

import type { Input, InputKind, OutputKind, StepContract } from "../../src/contract/index.ts";
import type { GeneratedFile } from "../generated-files.ts";
import { describeInput, describeOutput, oneLine } from "./describe.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Blanks around a text, which hosts cut off, are not described. */
const inputForms: Readonly<Record<InputKind, Schema>> = {
  string: {},
  choice: {},
  boolean: { pattern: "^(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])?$" },
  number: { pattern: "^(?:-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)?$" },
  size: { pattern: "^(?:\\d+(?:\\.\\d+)?\\s*(?:B|[kKMGT]B|[KMGT]iB)?)?$" },
  duration: { pattern: "^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))*$" },
  path: {},
  certificates: {},
  list: {},
  lines: {},
  subject: {},
  "secret-file": {},
  "token-file": {},
};

const outputForms: Readonly<Record<OutputKind, Schema>> = {
  string: { type: "string" },
  digest: { type: "string", pattern: "^(?:sha256:[0-9a-f]{64})?$" },
  number: { type: "string", pattern: "^(?:-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)?$" },
  boolean: { type: "string", enum: ["true", "false", ""] },
};

/** The schema of one document that holds both, `{inputs: {…}, outputs: {…}}`; an output never written is empty. */
export function stepSchema({ name, summary, inputs, outputs }: StepContract): Schema {
  const required = Object.entries(inputs).flatMap(([input, { required }]) => (required ? [input] : []));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:slipway:step:${name}:v1`,
    title: `slipway ${name}`,
    description: oneLine(summary),
    type: "object",
    properties: {
      inputs: {
        type: "object",
        properties: mapValues(inputs, inputSchema),
        required,
        additionalProperties: false,
      },
      outputs: {
        type: "object",
        properties: mapValues(outputs, (output) => ({
          description: describeOutput(output),
          ...outputForms[output.kind],
        })),
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
}

function inputSchema(input: Input<unknown>): Schema {
  return {
    description: describeInput(input),
    type: "string",
    ...inputForms[input.kind],
    ...(input.choices.length === 0 ? {} : { enum: input.required ? input.choices : [...input.choices, ""] }),
    ...(input.required ? { minLength: 1 } : {}),
    ...(input.default === undefined ? {} : { default: input.default }),
    ...(input.example === undefined ? {} : { examples: [input.example] }),
  };
}

function mapValues<T>(values: Readonly<Record<string, T>>, map: (value: T) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** A schema as a file, as every JSON file here: two spaces, a line break at the end. */
export function schemaFile(path: string, schema: unknown): GeneratedFile {
  return { path, content: `${JSON.stringify(schema, undefined, 2)}\n` };
}
