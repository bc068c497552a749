import { describe, expect, it } from "vitest";
import { defineStep, input } from "../../contract/index.ts";
import { stepEntry } from "../step-entry.ts";
import { asksForJson, parseCommandLine } from "./parse.ts";

const description = "";
const none = async () => ({ run: async () => ({ outputs: {}, summary: { title: "", facts: [] } }) });
const shared = { summary: "Do it.", details: "", outputs: {} };

const pack = defineStep({
  ...shared,
  name: "pack",
  positional: "model",
  inputs: {
    model: input.path({ description, default: "model.yaml" }),
    version: input.string({ description }),
    "max-size": input.size({ description }),
    labels: input.list({ description }),
    force: input.boolean({ description, default: false }),
  },
});
const check = defineStep({
  ...shared,
  name: "check",
  positional: "subjects",
  inputs: { subjects: input.list({ description, required: true }) },
});
const list = defineStep({ ...shared, name: "list", inputs: {} });
const steps = [stepEntry(pack, none), stepEntry(check, none), stepEntry(list, none)];

function parse(...argv: readonly string[]) {
  return parseCommandLine(steps, argv, { width: 80, color: false });
}

describe("a command line that is understood", () => {
  it.each([
    [["pack"], {}],
    [["pack", "a.yaml"], { model: "a.yaml" }],
    [["pack", "--model", "a.yaml"], { model: "a.yaml" }],
    [["pack", "--model=a.yaml"], { model: "a.yaml" }],
    [["pack", "--", "--model"], { model: "--model" }],
    [["pack", "--version", "1.0.0"], { version: "1.0.0" }],
    [["pack", "--version", ""], { version: "" }],
    [["pack", "--version=--force"], { version: "--force" }],
    [["pack", "--max-size", "-1"], { "max-size": "-1" }],
    [["pack", "--labels", "a", "--labels", "b,c"], { labels: "a\nb,c" }],
    [["pack", "--force", "a.yaml"], { force: "true", model: "a.yaml" }],
    [["pack", "--no-force"], { force: "false" }],
    [["pack", "--force", "false"], { force: "false" }],
    [["check", "a", "b", "--subjects", "c"], { subjects: "c\na\nb" }],
    [["list"], {}],
  ])("%j", (argv, texts) => {
    expect(parse(...argv)).toMatchObject({ kind: "run", texts, json: false, debug: false });
  });

  it("takes the common flags anywhere after the step", () => {
    expect(parse("pack", "--json", "a.yaml", "--debug")).toMatchObject({ json: true, debug: true });
  });

  it.each([[["--version"]], [["-V"]]])("%j prints the version", (argv) => {
    expect(parse(...argv)).toMatchObject({ kind: "print", text: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    [["--help"], /^slipway [\s\S]* {2}pack {3}Do it\.\n/],
    [["-h"], /^slipway /],
    [["help"], /^slipway /],
    [["help", "pack"], /slipway pack \[MODEL\] \[FLAGS\]/],
    [["pack", "--help"], /slipway pack \[MODEL\] \[FLAGS\]/],
    [["pack", "--version", "1", "-h"], /slipway pack \[MODEL\] \[FLAGS\]/],
  ])("%j prints help", (argv, text) => {
    expect(parse(...argv)).toMatchObject({ kind: "print", text: expect.stringMatching(text) });
  });
});

describe("a command line that is refused", () => {
  it.each([
    [["pakc"], "STEP_UNKNOWN", 'there is no step "pakc"', 'Did you mean "pack"? `slipway --help` lists the steps.'],
    [["zebra"], "STEP_UNKNOWN", 'there is no step "zebra"', "`slipway --help` lists the steps."],
    [["--json"], "INPUT_UNKNOWN", 'slipway has no flag "--json"', "`slipway --help` lists the flags."],
    [
      ["pack", "--modle", "x"],
      "INPUT_UNKNOWN",
      'the step "pack" has no flag "--modle"',
      'Did you mean "--model"? `slipway pack --help` lists the flags.',
    ],
    [
      ["pack", "--token=s3cret"],
      "INPUT_UNKNOWN",
      'the step "pack" has no flag "--token"',
      "`slipway pack --help` lists the flags.",
    ],
    [
      ["pack", "--no-version"],
      "INPUT_UNKNOWN",
      'the step "pack" has no flag "--no-version"',
      'Did you mean "--version"? `slipway pack --help` lists the flags.',
    ],
    [
      ["pack", "--version"],
      "INPUT_MISSING",
      'the flag "--version" needs a value',
      'Write "--version VALUE"; a value that starts with dashes as "--version=VALUE".',
    ],
    [
      ["pack", "--version", "--force"],
      "INPUT_MISSING",
      'the flag "--version" needs a value',
      'Write "--version VALUE"; a value that starts with dashes as "--version=VALUE".',
    ],
    [
      ["pack", "a", "--model", "b"],
      "INPUT_INVALID",
      'the input "model" was given 2 times',
      'Give "model" once, with its flag or without it.',
    ],
    [
      ["pack", "--version", "1", "--version", "2"],
      "INPUT_INVALID",
      'the input "version" was given 2 times',
      'Give "version" once.',
    ],
    [
      ["pack", "a", "b"],
      "INPUT_UNKNOWN",
      'the step "pack" does not take the argument "b"',
      "Every other input has a flag; `slipway pack --help` lists them.",
    ],
    [
      ["list", "a"],
      "INPUT_UNKNOWN",
      'the step "list" does not take the argument "a"',
      "Every other input has a flag; `slipway list --help` lists them.",
    ],
  ])("%j", (argv, code, message, remedy) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({ name: "SlipwayError", code, message, remedy, family: "configuration" }),
    );
  });

  it.each(["json", "help", "no-cache"])("an input called %s is a mistake in the contract", (name) => {
    const step = defineStep({ ...shared, name: "odd", inputs: { [name]: input.string({ description }) } });
    expect(() => parseCommandLine([stepEntry(step, none)], ["odd"], { width: 80, color: false })).toThrow(
      `the input "${name}" of the step "odd" cannot be a flag`,
    );
  });
});

it.each([
  [["pack", "--json"], true],
  [["--json"], true],
  [["pack", "--", "--json"], false],
  [["pack"], false],
])("%j asks for JSON: %j", (argv, asked) => {
  expect(asksForJson(argv)).toBe(asked);
});
