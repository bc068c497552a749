import { expect, test } from "vitest";
import { defineStep, type Inputs, input, type Outputs, output } from "../../src/contract/index.ts";
import { lintContract } from "./contract-lint.ts";
import { fixture } from "./fixture-contract.ts";

const text = input.string({ description: "D." });
const step = (name: string, inputs: Inputs, outputs: Outputs = {}) =>
  defineStep({ name, summary: "S.", details: "D.", inputs, outputs });

test("a sound contract has no faults", () => {
  expect(lintContract(fixture)).toEqual([]);
});

test.each([
  [step("Sign", {}), 'Sign: "Sign" is not kebab-case'],
  [step("sign", { dryRun: text }), 'sign: "dryRun" is not kebab-case'],
  [
    step("sign", {}, { bundle_digest: output.digest({ description: "D." }) }),
    'sign: "bundle_digest" is not kebab-case',
  ],
  [step("sign", { json: text }), "sign: two things are called --json on the command line"],
  [
    step("sign", { wait: input.boolean({ description: "D.", default: true }), "no-wait": text }),
    "sign: two things are called --no-wait on the command line",
  ],
])("%#: the fault is named", (contract, fault) => {
  expect(lintContract(contract)).toEqual([fault]);
});
