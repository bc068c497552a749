/** An input in words: what every host's description and every table says about it. */

import type { Input, InputKind, Output } from "../../src/contract/index.ts";

type DescribedInput = Pick<Input<unknown>, "kind" | "description" | "choices" | "unit" | "example">;

/** What must be known to write a text of this kind. */
const forms: Readonly<Partial<Record<InputKind, string>>> = {
  boolean: "true or false.",
  list: "Separated by commas or line breaks.",
  lines: "One on each line.",
  "secret-file": "Path of a file, or env://NAME.",
  "token-file": "Path of a file, or env://NAME.",
};

/** What an example shows better, where there is one. */
const shapes: Readonly<Partial<Record<InputKind, string>>> = {
  size: "A size such as 200MB or 4GiB.",
  duration: "A duration such as 90s, 5m or 1h30m.",
  subject: "Written oci:<directory>[:tag][@digest] or host/path[:tag][@digest].",
};

/** The description with everything that a person has to know to write the text, without the example. */
export function describeInput({ kind, description, choices, unit, example }: DescribedInput): string {
  const parts = [
    sentence(description),
    choices.length > 0 ? `One of: ${choices.join(", ")}.` : undefined,
    unit === undefined ? undefined : `In ${unit}.`,
    forms[kind],
    example === undefined ? shapes[kind] : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** The same with the example, for places that have one field for it all. */
export function describeWithExample(input: DescribedInput): string {
  return input.example === undefined ? describeInput(input) : `${describeInput(input)} Example: ${input.example}`;
}

export function describeOutput({ description }: Pick<Output<string>, "description">): string {
  return sentence(description);
}

/** Line breaks in a contract's text are where its author's line ended, and mean nothing. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function sentence(text: string): string {
  const line = oneLine(text);
  return /[.!?:]$/.test(line) ? line : `${line}.`;
}
