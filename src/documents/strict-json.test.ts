import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictJson } from "./strict-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("texts that readers understand differently, or that exhaust them", () => {
  it.each([
    ['{"a":1,"a":2}', "twice"],
    ['{"a":1,"\\u0061":2}', "twice"],
    ['{"x":{"a":1},"y":[{"b":1,"c":[],"b":2}]}', "twice"],
    [`${"[".repeat(65)}${"]".repeat(65)}`, "deep"],
    [`[${"0,".repeat(500_001)}0]`, "values"],
    ['{"a":', "not JSON"],
    ['{"a', "not JSON"],
    ['{"a\\q":1}', "not JSON"],
    ["{'a':1}", "not JSON"],
    ['\ufeff{"a":1}', "not JSON"],
    ["", "not JSON"],
    ["]", "not JSON"],
  ])("%#", (text, problem) => {
    expect(parseStrictJson(bytes(text))).toEqual({ problem: expect.stringContaining(problem) });
  });

  it("bytes that are no UTF-8", () => {
    expect(parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ problem: "it is not UTF-8" });
  });
});

it("equal names in different objects, and strings that look like members, are fine", () => {
  const text = '{"a":{"a":"a"},"b":["a","a",{"a":"\\"a\\":1,"}],"c":"}"}';
  expect(parseStrictJson(bytes(text))).toEqual({ value: JSON.parse(text) });
});

it("reads whatever is written, however it is laid out", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.nat({ max: 4 }), (text, indent) => {
      const value: unknown = JSON.parse(text);
      const laidOut = JSON.stringify(value, undefined, indent);
      expect(parseStrictJson(bytes(laidOut))).toEqual({ value });
    }),
  );
});

it("refuses a member that was put in twice, wherever it is", () => {
  const key = fc.string({ unit: "grapheme", maxLength: 5 });
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), key, fc.jsonValue({ maxDepth: 1 }), (inner, name, other) => {
      const member = `${JSON.stringify(name)}:`;
      const text = `[${JSON.stringify(inner)},{${member}${JSON.stringify(other)},${member}${JSON.stringify(inner)}}]`;
      expect(parseStrictJson(bytes(text))).toHaveProperty("problem");
    }),
  );
});
