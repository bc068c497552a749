import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { defineStep } from "../../src/contract/index.ts";
import { actionYml } from "./action-yml.ts";
import { fixture } from "./fixture-contract.ts";

describe("actionYml", () => {
  const text = actionYml(fixture);
  const action = parse(text);

  test("says first that it is generated, and from what", () => {
    expect(text.split("\n")[0]).toBe(
      "# Generated from actions/weigh-anchor/contract.ts by npm run generate; edit that instead.",
    );
  });

  test("starts the bundled programs of the step", () => {
    expect(action.runs).toEqual({
      using: "node24",
      main: "../../dist/weigh-anchor.js",
      post: "../../dist/weigh-anchor-cleanup.js",
    });
    expect(action).toMatchObject({
      name: "slipway weigh-anchor",
      description: "Raise the anchor of a ship.",
      author: "Slipway",
    });
  });

  test("declares every input as a text, with what has to be known to write it", () => {
    expect(Object.keys(action.inputs)).toEqual(Object.keys(fixture.inputs));
    expect(action.inputs).toMatchObject({
      subject: { description: "The ship. Example: oci:harbour:1.0.0", required: true },
      "chain-length": { description: "How much chain is out. In m.", required: false, default: "25" },
      speed: { description: "How fast | how loud. One of: slow, fast.", required: false, default: "slow" },
      wash: { description: "Wash it. true or false.", required: false, default: "true" },
      crew: { description: "Who helps. Separated by commas or line breaks.", required: false },
      key: { description: "Key of the windlass. Path of a file, or env://NAME. Example: windlass.pem", required: true },
    });
    expect(action.inputs.subject).not.toHaveProperty("default");
  });

  test("declares every output", () => {
    expect(action.outputs).toEqual({
      "anchor-digest": { description: "What came up." },
      clean: { description: "Whether it was washed." },
      depth: { description: "How deep it was." },
    });
  });

  test("leaves out what a step does not have", () => {
    const bare = parse(actionYml(defineStep({ name: "bare", summary: "S.", details: "D.", inputs: {}, outputs: {} })));
    expect(bare).not.toHaveProperty("inputs");
    expect(bare).not.toHaveProperty("outputs");
    expect(bare.runs).toEqual({ using: "node24", main: "../../dist/bare.js" });
  });

  test("never folds a line, so that a diff shows what changed", () => {
    const long = defineStep({ name: "long", summary: "word ".repeat(60), details: "D.", inputs: {}, outputs: {} });
    expect(actionYml(long)).toContain(`description: ${"word ".repeat(60).trim()}\n`);
  });
});
