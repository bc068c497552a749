import { describe, expect, it } from "vitest";
import { output } from "../contract/index.ts";
import { outputTexts } from "./output-texts.ts";

const description = "";
const contract = {
  name: "pack",
  outputs: {
    subject: output.digest({ description }),
    tag: output.string({ description }),
    bundle: output.digest({ description }),
    size: output.number({ description }),
    written: output.boolean({ description }),
  },
};
const digest = `sha256:${"0f".repeat(32)}`;
const values = { subject: digest, tag: "1.0.0", bundle: "", size: 12, written: false };

function texts(changed: Readonly<Record<string, unknown>>) {
  return outputTexts(contract, new Map(Object.entries({ ...values, ...changed })));
}

describe("outputTexts", () => {
  it("puts digests last and keeps the declared order otherwise", () => {
    expect(texts({})).toEqual([
      { name: "tag", value: "1.0.0", text: "1.0.0" },
      { name: "size", value: 12, text: "12" },
      { name: "written", value: false, text: "false" },
      { name: "subject", value: digest, text: digest },
      { name: "bundle", value: "", text: "" },
    ]);
  });

  it.each([
    [{ tag: undefined }, 'the output "tag" of the step "pack" is not a string'],
    [{ size: Number.NaN }, 'the output "size" of the step "pack" is not a number'],
    [{ size: "12" }, 'the output "size" of the step "pack" is not a number'],
    [{ written: "true" }, 'the output "written" of the step "pack" is not a boolean'],
    [{ subject: "sha256:12" }, 'the output "subject" of the step "pack" is not a digest'],
    [{ subject: `${digest}\n` }, 'the output "subject" of the step "pack" is not a digest'],
    [{ other: "x" }, 'the step "pack" returned an undeclared output "other"'],
  ])("refuses %j", (changed, message) => {
    expect(() => texts(changed)).toThrow(expect.objectContaining({ code: "OUTPUT_INVALID", message }));
  });
});
