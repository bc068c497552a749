import { expect, it } from "vitest";
import { defineStep, input, output } from "../../contract/index.ts";
import { stepEntry } from "../step-entry.ts";
import { version } from "../version.ts";
import { programHelp, stepHelp } from "./help.ts";

const contract = defineStep({
  name: "measure",
  summary: "Measure a release.",
  details: "First paragraph, long enough to need a second line when it is\nshown at sixty columns.\n\nSecond.",
  positional: "subject",
  inputs: {
    subject: input.subject({ description: "The release.", required: true, example: "oci:out/store/seg" }),
    owner: input.string({ description: "Who asks.", required: true, example: "Ada L." }),
    format: input.choice(["text", "html"], { description: "Of the report.", default: "text" }),
    strict: input.boolean({ description: "Refuse warnings.", default: true }),
    force: input.boolean({ description: "Do it anyway.", default: false }),
    memory: input.number({ description: "Of the GPU.", unit: "GB" }),
    "key-with-a-very-long-name": input.secretFile({ description: "A key." }),
  },
  outputs: { report: output.digest({ description: "Digest of the report." }) },
});
const entry = stepEntry(contract, async () => ({
  run: async () => ({ outputs: { report: "" }, summary: { title: "", facts: [] } }),
}));

it("is made from the contract", () => {
  expect(stepHelp(contract, { width: 60, color: false })).toBe(`Measure a release.

First paragraph, long enough to need a second line when it
is shown at sixty columns.

Second.

Usage
  slipway measure SUBJECT [FLAGS]

Required
  --subject REFERENCE  The release. May be given without its
                       flag.
  --owner TEXT         Who asks.

Optional
  --format WORD  Of the report. One of text, html. Default:
                 text.
  --[no-]strict  Refuse warnings. Default: true.
  --force        Do it anyway.
  --memory GB    Of the GPU.
  --key-with-a-very-long-name FILE
                 A key. A file, or env://NAME.

Common
  --json      Print one JSON object instead of the summary.
  --debug     Show debug lines.
  -h, --help  Show this help.

Outputs (with --json)
  report  Digest of the report.

Example
  slipway measure oci:out/store/seg --owner 'Ada L.'
`);
});

it("leaves out what a step does not have", () => {
  const bare = defineStep({ name: "list", summary: "List.", details: "", inputs: {}, outputs: {} });
  expect(stepHelp(bare, { width: 80, color: false })).toBe(`List.

Usage
  slipway list [FLAGS]

Common
  --json      Print one JSON object instead of the summary.
  --debug     Show debug lines.
  -h, --help  Show this help.

Example
  slipway list
`);
});

it("lists the steps that run here, and the exit statuses", () => {
  const elsewhere = { ...entry, contract: { ...entry.contract, name: "only-there", hosts: ["tekton"] as const } };
  const text = programHelp([entry, elsewhere], { width: 80, color: false });
  expect(text).toContain(`slipway ${version} releases machine-learning models.`);
  expect(text).toContain("\nSteps\n  measure  Measure a release.\n\nFlags\n");
  expect(text).toContain("\nExit status\n  0  done\n  2  configuration:");
});

it("sets headings apart in colour", () => {
  expect(stepHelp(contract, { width: 80, color: true })).toContain("\u001b[1mUsage\u001b[22m\n  slipway");
});
