import { describe, expect, it } from "vitest";
import { defineStep, type Host, type InputValues, input, output } from "../contract/index.ts";
import { stepEntry } from "./step-entry.ts";

const description = "";
const count = defineStep({
  name: "count",
  summary: "",
  details: "",
  inputs: { upto: input.number({ description, required: true }) },
  outputs: { last: output.number({ description }) },
});
const greet = defineStep({
  name: "greet",
  summary: "",
  details: "",
  inputs: { name: input.string({ description, default: "you" }) },
  outputs: { greeting: output.string({ description }) },
});

const summary = { title: "done", facts: [] };
const context = { directory: "/", env: {} };
// The steps below ask nothing of it.
const host = Object.freeze({}) as Host;

function countEntry(loaded: () => void = () => {}) {
  return stepEntry(count, async () => {
    loaded();
    return { run: async ({ upto }: InputValues<typeof count.inputs>) => ({ outputs: { last: upto }, summary }) };
  });
}
const greetEntry = stepEntry(greet, async () => ({
  run: async ({ name }: InputValues<typeof greet.inputs>) => ({ outputs: { greeting: `hello ${name}` }, summary }),
}));

describe("stepEntry", () => {
  it("puts steps of different types into one list", async () => {
    const outcomes = await Promise.all([
      countEntry().invoke({ upto: "3" }, context, host),
      greetEntry.invoke({}, context, host),
    ]);
    expect(outcomes).toEqual([
      { outputs: [{ name: "last", value: 3, text: "3" }], summary, refusal: undefined },
      { outputs: [{ name: "greeting", value: "hello you", text: "hello you" }], summary, refusal: undefined },
    ]);
  });

  it("loads no code for inputs that are wrong", async () => {
    let loads = 0;
    const entry = countEntry(() => {
      loads += 1;
    });
    await expect(entry.invoke({ upto: "many" }, context, host)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    expect(loads).toBe(0);
  });

  it("has a clean-up that does nothing where the step has none", async () => {
    await expect(countEntry().cleanUp({}, host)).resolves.toBeUndefined();
  });
});
