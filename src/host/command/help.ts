import type { Input, InputKind, StepContract } from "../../contract/index.ts";
import { columns, type Style, styleFor, type TextOptions, wrap } from "../../report/index.ts";
import type { StepEntry } from "../step-entry.ts";
import { version } from "../version.ts";
import { commonFlags } from "./flags.ts";
import { shellWord } from "./shell-word.ts";

interface Item {
  readonly term: string;
  readonly text: string;
}

const placeholders: Readonly<Record<InputKind, string>> = {
  string: "TEXT",
  choice: "WORD",
  boolean: "",
  number: "NUMBER",
  size: "SIZE",
  duration: "DURATION",
  path: "PATH",
  certificates: "FILE",
  list: "ITEM",
  lines: "LINE",
  subject: "REFERENCE",
  "secret-file": "FILE",
  "token-file": "FILE",
};

const formsOf: Partial<Readonly<Record<InputKind, string>>> = {
  size: "A size such as 200MB or 4GiB.",
  duration: "A duration such as 90s, 5m or 1h30m.",
  list: "Can be repeated, or separated by commas.",
  lines: "Can be repeated, or separated by line breaks.",
  "secret-file": "A file, or env://NAME.",
  "token-file": "A file, or env://NAME.",
};

const exitStatuses: readonly Item[] = [
  { term: "0", text: "done" },
  { term: "2", text: "configuration: something has to be changed before running again" },
  { term: "3", text: "refused: everything worked, and the answer is no" },
  { term: "4", text: "temporary: the same command may succeed later" },
  { term: "1", text: "a bug in Slipway" },
];

/** Help of the whole program: its steps, with one sentence each. */
export function programHelp(steps: readonly StepEntry[], look: TextOptions): string {
  const items = steps
    .filter(({ contract }) => contract.hosts.includes("cli"))
    .map(({ contract }) => ({ term: contract.name, text: contract.summary }));
  const flags = [
    { term: "-h, --help", text: "Show this help; after a step's name, the step's." },
    { term: "-V, --version", text: "Show the version." },
  ];
  return page(look, (style) => [
    [`${style.strong(`slipway ${version}`)} releases machine-learning models.`],
    [style.strong("Usage"), "  slipway STEP [FLAGS]"],
    section("Steps", items, look),
    section("Flags", flags, look),
    section("Exit status", exitStatuses, look),
  ]);
}

/** Help of one step, all of it from the contract. */
export function stepHelp(contract: StepContract, look: TextOptions): string {
  const inputs = Object.entries(contract.inputs).map(([name, input]) => ({ name, input }));
  const items = (wanted: boolean) =>
    inputs
      .filter(({ input }) => input.required === wanted)
      .map(({ name, input }) => flagItem(name, input, name === contract.positional));
  const outputs = Object.entries(contract.outputs).map(([term, { description }]) => ({ term, text: description }));
  const common = commonFlags.map(({ name, description }) => ({
    term: name === "help" ? "-h, --help" : `--${name}`,
    text: description,
  }));
  return page(look, (style) => [
    wrap(contract.summary, look.width).map(style.strong),
    ...contract.details
      .trim()
      .split(/\n{2,}/)
      .filter((paragraph) => paragraph !== "")
      .map((paragraph) => wrap(paragraph.replaceAll("\n", " "), look.width)),
    [style.strong("Usage"), `  ${usage(contract)}`],
    section("Required", items(true), look),
    section("Optional", items(false), look),
    section("Common", common, look),
    section("Outputs (with --json)", outputs, look),
    [style.strong("Example"), `  ${example(contract)}`],
  ]);
}

function usage({ name, positional, inputs }: StepContract): string {
  const input = positional === undefined ? undefined : inputs[positional];
  if (input === undefined) return `slipway ${name} [FLAGS]`;
  const word = (positional ?? "").toUpperCase() + (input.kind === "list" || input.kind === "lines" ? "..." : "");
  return `slipway ${name} ${input.required ? word : `[${word}]`} [FLAGS]`;
}

/** A command line with the positional input and all required ones. */
function example({ name, positional, inputs }: StepContract): string {
  const shown = Object.entries(inputs).filter(([key, input]) => input.required || key === positional);
  const words = shown.map(([key, input]) => {
    const value = shellWord(input.example ?? input.default ?? input.choices[0] ?? placeholders[input.kind]);
    return key === positional ? { at: 0, word: value } : { at: 1, word: `--${key} ${value}` };
  });
  return ["slipway", name, ...words.sort((a, b) => a.at - b.at).map(({ word }) => word)].join(" ");
}

function flagItem(name: string, input: Input<unknown>, positional: boolean): Item {
  const isBoolean = input.kind === "boolean";
  const value = isBoolean ? "" : ` ${input.unit ?? placeholders[input.kind]}`;
  const standard = input.default === undefined || (isBoolean && input.default === "false") ? [] : [input.default];
  const sentences = [
    input.description,
    formsOf[input.kind] ?? "",
    input.choices.length === 0 ? "" : `One of ${input.choices.join(", ")}.`,
    ...standard.map((text) => `Default: ${text}.`),
    positional ? "May be given without its flag." : "",
  ];
  const no = isBoolean && input.default === "true" ? "[no-]" : "";
  return { term: `--${no}${name}${value}`, text: sentences.filter((sentence) => sentence !== "").join(" ") };
}

const indent = 2;
const gap = 2;
/** Terms longer than this have their text on the next line, so that one of them does not squeeze all others. */
const longestTerm = 24;

function section(title: string, items: readonly Item[], look: TextOptions): string[] {
  if (items.length === 0) return [];
  const style = styleFor(look.color);
  const terms = items.map(({ term }) => columns(term)).filter((length) => length <= longestTerm);
  const column = indent + Math.max(0, ...terms) + gap;
  const lines = items.flatMap(({ term, text }) => {
    const texts = wrap(text, Math.max(20, look.width - column)).map((line) => " ".repeat(column) + line);
    const head = " ".repeat(indent) + term;
    if (columns(term) > longestTerm) return [head, ...texts];
    const [first = "", ...rest] = texts;
    return [head + first.slice(head.length), ...rest];
  });
  return [style.strong(title), ...lines];
}

function page(look: TextOptions, blocks: (style: Style) => readonly (readonly string[])[]): string {
  const shown = blocks(styleFor(look.color)).filter((block) => block.length > 0);
  return `${shown.map((block) => block.join("\n")).join("\n\n")}\n`;
}
