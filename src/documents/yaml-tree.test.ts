import { describe, expect, it } from "vitest";
import type { Spot } from "./spot.ts";
import { readYamlTree } from "./yaml-tree.ts";

function valuesIn(text: string): unknown {
  const { tree, problems } = readYamlTree(text);
  expect(problems).toEqual([]);
  return tree?.value;
}

describe("a tree of YAML values", () => {
  it.each([
    [
      "a: yes\nb: No\nc: on\nd: 0o17\ne: 0x1F\nf: 017\ng: 1_000",
      { a: "yes", b: "No", c: "on", d: 15, e: 31, f: 17, g: "1_000" },
    ],
    ["a: 2025-10-20T12:00:00Z\nb: 12:30:45", { a: "2025-10-20T12:00:00Z", b: "12:30:45" }],
    ["a: -0\nb: +1\nc: 1e3\nd: .5", { a: 0, b: 1, c: 1000, d: 0.5 }],
    [
      "a: 9007199254740991\nb: 9007199254740992\nc: -12345678901234567890",
      { a: 9007199254740991, b: 9007199254740992n, c: -12345678901234567890n },
    ],
    ["{a, b: , c: ~}", { a: null, b: null, c: null }],
    ["constructor: 1\ntoString: [2]", { constructor: 1, toString: [2] }],
    ["- a: 1\n- [b, {c: d}]\n- |\n  e\n", [{ a: 1 }, ["b", { c: "d" }], "e\n"]],
  ])("of %j has the values of the core schema", (text, value) => {
    expect(valuesIn(text)).toEqual(value);
  });

  it("takes an alias for the last anchor of that name above it, as it was then", () => {
    expect(valuesIn("a: &x 1\nb: &x 2\nc: *x")).toEqual({ a: 1, b: 2, c: 2 });
    expect(valuesIn("a: &x {k: &y 1}\nb: &y 2\nc: *x\nd: *y")).toEqual({ a: { k: 1 }, b: 2, c: { k: 1 }, d: 2 });
  });

  it("knows where each value and each key starts, and how it is written", () => {
    const { tree } = readYamlTree('a:\n  - b: 1.10\n  - "c\\n"\nd: &e [x]\nf: *e\n');
    const at = (...path: (string | number)[]) => {
      const spot = path.reduce<Spot | undefined>((parent, step) => parent?.child(step), tree?.root);
      return spot === undefined ? undefined : [spot.kind, spot.offset, spot.keyOffset, spot.source];
    };
    expect(at()).toEqual(["mapping", 0, undefined, ""]);
    expect(at("a")).toEqual(["list", 5, 0, ""]);
    expect(at("a", 0, "b")).toEqual(["number", 10, 7, "1.10"]);
    expect(at("a", 1)).toEqual(["text", 19, undefined, "c\n"]);
    expect(at("f")).toEqual(["list", 38, 35, ""]);
    expect(at("f", 0)).toEqual(["text", 32, undefined, "x"]);
    expect(at("a", 2)).toBeUndefined();
    expect(at("g", "h")).toBeUndefined();
  });
});
