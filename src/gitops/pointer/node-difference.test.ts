import { describe, expect, it } from "vitest";
import { differenceOf, intentionOf } from "./node-difference.ts";
import { composeYaml, parseYaml } from "./parse-yaml.ts";
import { parseSelector } from "./selector.ts";

function documentsOf(text: string) {
  const parsed = parseYaml(text);
  if (parsed.problem !== undefined) throw new Error(parsed.problem.text);
  const composed = composeYaml(parsed.made, "1.2");
  if (composed.problem !== undefined) throw new Error(composed.problem.text);
  return composed.made;
}

function difference(old: string, now: string, path: readonly number[] = []): string | undefined {
  const change = { selector: parseSelector("a"), value: "v", path, start: 0, end: 0, replacement: "v" };
  return differenceOf(documentsOf(old), documentsOf(now), intentionOf(0, path.length === 0 ? [] : [change]));
}

describe("two versions of a file", () => {
  it.each<[string, string, readonly number[]]>([
    ["a: &x [1, {b: ~}]\nc: *x\n", "a: &x [1, {b: ~}]\nc: *x\n", []],
    ["a: .nan\nb: 2001-01-01\n", "a: .nan\nb: 2001-01-01\n", []],
    ["a: x\n", "# c\na:   'v'\n", [0]],
    ["a: [b, {c: x}]\n", "a: [b, {c: v}]\n", [0, 1, 0]],
    ["a:\n", "a: v\n", [0]],
  ])("%j and %j differ as intended", (old, now, path) => {
    expect(difference(old, now, path)).toBeUndefined();
  });

  it.each<[string, string, readonly number[], string]>([
    ["a: x\n", "a: v\n", [], "another value changes"],
    ["a: x\nb: y\n", "a: v\nb: z\n", [0], "another value changes"],
    ["a: x\n", "b: v\n", [0], "another value changes"],
    ["a: 1\n", "a: '1'\n", [], "another value changes"],
    ["a: 1.0\n", "a: 1.00\n", [], "another value changes"],
    ["a: x\n", "a: &b x\n", [], "another value changes"],
    ["a: x\n", "a: !t x\n", [], "another value changes"],
    ["a: &a x\nb: &b y\nc: *a\n", "a: &a x\nb: &b y\nc: *b\n", [], "an alias changes"],
    ["a: &a x\nb: *a\n", "a: &a x\nb: x\n", [], "a value becomes another kind of value"],
    ["a: [x]\n", "a: {x}\n", [], "a value becomes another kind of value"],
    ["a: [x]\n", "a: x\n", [], "a value becomes another kind of value"],
    ["{a}", "{a: x}", [], "a value becomes another kind of value"],
    ["a: [x]\n", "a: &b [x]\n", [], "an anchor or a tag changes"],
    ["a: [x]\n", "a: !t [x]\n", [], "an anchor or a tag changes"],
    ["a: [x]\n", "a: [x, x]\n", [], "the number of items or keys changes"],
    ["a: x\n", "a: x\nb: x\n", [], "the number of items or keys changes"],
    ["a: x\n", "a: x\n---\n", [], "the number of documents changes"],
    ["a: x\n", "a: [v]\n", [0], "the value is no scalar"],
    ["a: x\n", "a: &b v\n", [0], "the value's anchor or tag changes"],
    ["a: x\n", "a: w\n", [0], "the value is not the text that was to be written"],
    ["a: x\n", "a: x\n", [0], "the value is not the text that was to be written"],
  ])("%j and %j differ otherwise", (old, now, path, what) => {
    expect(difference(old, now, path)).toBe(what);
  });
});
