import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { applyChanges, type Change } from "./change.ts";
import { chooseDocument } from "./choose-document.ts";
import { requireIntendedChange } from "./confirm-change.ts";
import { openFile } from "./open-file.ts";
import { parseSelector } from "./selector.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Replaces what stands for `x` at the place `a`, which is to become "v", by a text that may be wrong. */
function confirm(text: string, replacement: string, { after }: { after?: string } = {}): void {
  const bytes = encode(text);
  const old = openFile({ path: "v.yaml", bytes });
  const selector = parseSelector("a");
  const { index, found } = chooseDocument(old, undefined, [selector]);
  const start = text.indexOf("x");
  const change: Change = { selector, value: "v", path: found[0]?.path ?? [], start, end: start + 1, replacement };
  const edited = encode(after ?? applyChanges(text, [change]));
  requireIntendedChange(bytes, old, { bytes: edited, document: index, changes: [change] });
}

describe("an edit", () => {
  it("passes when it does what was intended", () => {
    for (const written of ["v", "'v'", '"v"', '"\\x76"']) {
      expect(() => confirm("# é\r\na: x # c\r\n---\nb: {c: [d, ~]}\n", written)).not.toThrow();
    }
  });

  it.each<[text: string, replacement: string, problem: string]>([
    ["a: x\n", "w", "1.2, the value is not the text that was to be written"],
    ["a: x\n", "1", "1.2, the value is not the text that was to be written"],
    ["a: x\n", "[v]", "1.2, the value is no scalar"],
    ["a: x\n", "&n v", "1.2, the value's anchor or tag changes"],
    ["a: x\n", "!!str v", "1.2, the value's anchor or tag changes"],
    ["a: x\n", "v # c", "it changes a comment"],
    ["a: x # c\n", '"v', "the file could not be read again"],
    ["a: x # c\n", "v#", "1.2, the value is not the text"],
    ["a: 'x' # c\n", "v' #", "it changes a comment"],
    ["a: x\n", "v\nb: y", "it changes the number of lines"],
    ["a: x\nb: y\n", "v\n---", "it changes the number of lines"],
    ["{a: x}", "v, b: y", "1.2, the number of items or keys changes"],
    ["{a: x, b: y}", "v}, {", "the file could not be read again"],
    ["a: x\nb: y\n", "v\u2028", "the file could not be read again"],
  ])("of %j to %j is thrown away", async (text, replacement, problem) => {
    const { message, family } = await expectError("POINTER_EDIT_UNSAFE", () => confirm(text, replacement));
    expect(message).toContain("v.yaml:1:");
    expect(message).toContain(`a: the edit was thrown away: `);
    expect(message).toContain(problem);
    expect(family).toBe("refused");
  });

  it("to a text that only YAML 1.2 takes for one is thrown away", async () => {
    const bytes = encode("a: x\n");
    const change = { selector: parseSelector("a"), value: "yes", path: [0], start: 3, end: 4, replacement: "yes" };
    const work = () =>
      requireIntendedChange(bytes, openFile({ path: "v.yaml", bytes }), {
        bytes: encode("a: yes\n"),
        document: 0,
        changes: [change],
      });
    const { message } = await expectError("POINTER_EDIT_UNSAFE", work);
    expect(message).toContain("read as YAML 1.1, the value is not the text");
  });

  it.each([
    ["a: x\nb: y\n", "a: v\nb: z\n"],
    ["a: x\nb: y\n", "a: v\nb: y"],
    ["a: x\nb: y\n", "a: v \nb: y\n"],
    ["b: y\na: x\n", "c: y\na: v\n"],
    ["é: y\na: x\n", "è: y\na: v\n"],
    ["a: x\n", "a: v\n\n"],
    ["a: x\r\n", "a: v\n"],
    ["\ufeffa: x\n", "a: v\n"],
  ])("that makes %j into %j changes other bytes", async (text, after) => {
    const { message } = await expectError("POINTER_EDIT_UNSAFE", () => confirm(text, "v", { after }));
    expect(message).toContain("it changes bytes outside the selected values");
  });
});
