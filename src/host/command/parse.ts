import { Command, CommanderError, Option } from "commander";
import { distance } from "fastest-levenshtein";
import { contractError, type StepContract } from "../../contract/index.ts";
import type { TextOptions } from "../../report/index.ts";
import { hostError } from "../errors.ts";
import type { InputTexts, StepEntry } from "../step-entry.ts";
import { version } from "../version.ts";
import { commonFlags, flagNames, joinBooleans } from "./flags.ts";
import { programHelp, stepHelp } from "./help.ts";

/** What a command line asks for. */
export type Request =
  | {
      readonly kind: "run";
      readonly entry: StepEntry;
      readonly texts: InputTexts;
      readonly json: boolean;
      readonly debug: boolean;
    }
  | { readonly kind: "print"; readonly text: string };

/**
 * Reads a command line.
 *
 * @param argv the words after the program's name
 * @param look how help texts are drawn
 * @throws SlipwayError STEP_UNKNOWN, INPUT_UNKNOWN, INPUT_MISSING, INPUT_INVALID
 */
export function parseCommandLine(steps: readonly StepEntry[], argv: readonly string[], look: TextOptions): Request {
  const [name = "", ...words] = argv;
  const chosen = steps.find(({ contract }) => contract.name === name);
  let printed = "";
  let request: Request | undefined;

  const program = new Command("slipway")
    .exitOverride()
    // Before the step's name only: a step may have an input called `version`.
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: () => {} })
    .configureHelp({
      formatHelp(command) {
        const step = steps.find(({ contract }) => contract.name === command.name());
        return step === undefined ? programHelp(steps, look) : stepHelp(step.contract, look);
      },
    })
    .version(version);
  for (const entry of steps) {
    const command = stepCommand(program, entry.contract);
    command.action(() => {
      const { json, debug } = command.opts<{ json?: true; debug?: true }>();
      const texts = inputTexts(command, entry.contract);
      request = { kind: "run", entry, texts, json: json === true, debug: debug === true };
    });
  }
  try {
    if (chosen !== undefined) requireValues(words, chosen.contract);
    program.parse(chosen === undefined ? argv : [name, ...joinBooleans(words, chosen.contract)], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (printed === "") throw refusal(error, chosen?.contract, steps, program.args[0] ?? "");
  }
  return request ?? { kind: "print", text: printed };
}

/** Whether `--json` was asked for, also on a command line that cannot be read. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes("--json");
}

function stepCommand(program: Command, contract: StepContract): Command {
  // Counted by `inputTexts`, which says what a superfluous word is.
  const command = program.command(contract.name).allowExcessArguments(true);
  for (const name of Object.keys(contract.inputs)) {
    if (commonFlags.some((flag) => flag.name === name) || name.startsWith("no-")) {
      throw new Error(`the input "${name}" of the step "${contract.name}" cannot be a flag`);
    }
    const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
    command.addOption(new Option(`--${name} <value>`).argParser(collect));
  }
  return command.option("--json").option("--debug");
}

/** Commander would take the flag after a forgotten value for the value. */
function requireValues(words: readonly string[], contract: StepContract): void {
  const takesValue = (word: string) => (contract.inputs[word.slice(2)]?.kind ?? "boolean") !== "boolean";
  const flags = flagNames(contract).map((name) => `--${name}`);
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const at = words.findIndex((word, index) => {
    const next = words[index + 1]?.replace(/=.*/s, "") ?? "";
    return index < end && word.startsWith("--") && takesValue(word) && flags.includes(next);
  });
  if (at >= 0) throw valueMissing(words[at] ?? "");
}

function inputTexts(command: Command, contract: StepContract): InputTexts {
  const given = new Map<string, readonly string[]>();
  for (const option of command.options) {
    const values: unknown = command.getOptionValue(option.attributeName());
    if (Array.isArray(values)) given.set(option.name(), values.map(String));
  }
  const { positional } = contract;
  const isList = (name: string) => ["list", "lines"].includes(contract.inputs[name]?.kind ?? "");
  const [first, ...rest] = command.args;
  const superfluous = positional === undefined ? first : isList(positional) ? undefined : rest[0];
  if (superfluous !== undefined) {
    throw contractError("INPUT_UNKNOWN", `the step "${contract.name}" does not take the argument "${superfluous}"`, {
      remedy: `Every other input has a flag; \`slipway ${contract.name} --help\` lists them.`,
    });
  }
  if (positional !== undefined && first !== undefined) {
    given.set(positional, [...(given.get(positional) ?? []), ...command.args]);
  }
  for (const [name, values] of given) {
    if (values.length < 2 || isList(name)) continue;
    throw contractError("INPUT_INVALID", `the input "${name}" was given ${values.length} times`, {
      remedy: `Give "${name}" once${name === positional ? ", with its flag or without it" : ""}.`,
    });
  }
  return Object.fromEntries([...given].map(([name, values]) => [name, values.join("\n")]));
}

/** Commander's refusal as ours; its messages are the only place that names the flag. */
function refusal(
  error: CommanderError,
  contract: StepContract | undefined,
  steps: readonly StepEntry[],
  word: string,
): Error {
  const flag = /'(--?[^'\s=]*)/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.optionMissingArgument") return valueMissing(flag);
  if (error.code === "commander.unknownOption") return unknownFlag(flag, contract);
  const near = nearest(
    word,
    steps.map((step) => step.contract.name),
  );
  return hostError("STEP_UNKNOWN", `there is no step "${word}"`, {
    remedy: `${near === undefined ? "" : `Did you mean "${near}"? `}\`slipway --help\` lists the steps.`,
  });
}

function unknownFlag(flag: string, contract: StepContract | undefined): Error {
  const owner = contract === undefined ? "slipway" : `the step "${contract.name}"`;
  const near = nearest(flag.replace(/^-+/, ""), contract === undefined ? ["help", "version"] : flagNames(contract));
  const help = contract === undefined ? "slipway --help" : `slipway ${contract.name} --help`;
  return contractError("INPUT_UNKNOWN", `${owner} has no flag "${flag}"`, {
    remedy: `${near === undefined ? "" : `Did you mean "--${near}"? `}\`${help}\` lists the flags.`,
  });
}

function valueMissing(flag: string): Error {
  return contractError("INPUT_MISSING", `the flag "${flag}" needs a value`, {
    remedy: `Write "${flag} VALUE"; a value that starts with dashes as "${flag}=VALUE".`,
  });
}

/** The candidate that was probably meant; a word that is like none of them gets no suggestion. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, steps: distance(word, candidate) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}
