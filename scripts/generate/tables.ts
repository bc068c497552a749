/** The tables of a step's inputs and outputs, the same in its README and on its reference page. */

import type { Input, InputKind, StepContract } from "../../src/contract/index.ts";
import { describeInput, describeOutput } from "./describe.ts";
import { cell, code, markdownTable } from "./markdown.ts";

const kindNames: Readonly<Record<InputKind, string>> = {
  string: "text",
  choice: "choice",
  boolean: "boolean",
  number: "number",
  size: "size",
  duration: "duration",
  path: "path",
  certificates: "path",
  list: "list",
  lines: "lines",
  subject: "reference",
  "secret-file": "secret",
  "token-file": "secret",
};

export function inputTable({ inputs }: Pick<StepContract, "inputs">): string {
  const rows = Object.entries(inputs).map(([name, input]) => [
    code(name),
    kindNames[input.kind],
    given(input),
    whatItIs(input),
  ]);
  return rows.length === 0 ? "None." : markdownTable(["Input", "Kind", "Default", "What it is"], rows);
}

export function outputTable({ outputs }: Pick<StepContract, "outputs">): string {
  const rows = Object.entries(outputs).map(([name, output]) => [code(name), output.kind, cell(describeOutput(output))]);
  return rows.length === 0 ? "None." : markdownTable(["Output", "Kind", "What it is"], rows);
}

function whatItIs(input: Input<unknown>): string {
  const text = cell(describeInput(input));
  return input.example === undefined ? text : `${text} Example: ${code(input.example)}`;
}

function given({ required, default: fallback }: Input<unknown>): string {
  if (required) return "**required**";
  return code(fallback ?? "");
}
