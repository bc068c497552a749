import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { input } from "./inputs.ts";
import { parseDuration, parseSize } from "./quantity.ts";
import { readInputs } from "./read-inputs.ts";

const context = { directory: "/base", env: {} };
const options = { description: "d" };

describe("what a text becomes", () => {
  it.each([
    [input.string(options), " x ", "x"],
    [input.string(options), "", undefined],
    [input.string({ ...options, default: "y" }), undefined, "y"],
    [input.choice(["a", "b"], { ...options, default: "a" }), "b", "b"],
    [input.boolean({ ...options, default: false }), "True", true],
    [input.boolean({ ...options, default: true }), undefined, true],
    [input.number({ ...options, unit: "GB" }), "1.5e3", 1500],
    [input.size(options), "1.5GiB", 1_610_612_736],
    [input.size(options), "200 MB", 200_000_000],
    [input.duration(options), "1h30m", 5_400_000],
    [input.path(options), "a/../b", "/base/b"],
    [input.path(options), "/c", "/c"],
    [input.list(options), "a, b\n\nc,", ["a", "b", "c"]],
    [input.lines(options), "a, b \r\n\n  c,d\n", ["a, b", "c,d"]],
    [input.lines(options), "a,b", ["a,b"]],
  ])("%#", (declared, text, value) => {
    expect(declared.read("x", text, context)).toEqual(value);
  });
});

describe("what is refused, with what was expected", () => {
  it.each([
    [input.choice(["a", "b"], { ...options, default: "a" }), "c", "one of a, b"],
    [input.boolean({ ...options, default: false }), "yes", "true or false"],
    [input.number(options), "0x10", "a number"],
    [input.number(options), "1e999", "a number"],
    [input.number({ ...options, integer: true }), "1.5", "a whole number"],
    [input.number({ ...options, minimum: 1 }), "0", "a number of at least 1"],
    [input.number({ ...options, maximum: 5 }), "6", "a number of at most 5"],
    [input.number({ ...options, minimum: 1, maximum: 5 }), "6", "a number from 1 to 5"],
    [input.size(options), "10 parsecs", "a size such as"],
    [input.size(options), "9999999999TiB", "a size such as"],
    [input.duration(options), "5", "a duration such as"],
    [input.path(options), "a\0b", "without a NUL"],
    [input.subject(options), "oci:", "names no directory"],
    [input.subject(options), "group/name", "names no registry host"],
  ])("%#", (declared, text, expected) => {
    expect(() => declared.read("x", text, context)).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", message: expect.stringContaining(expected) }),
    );
  });
});

it("names the nearest input for one that is unknown", () => {
  const contract = { name: "sign", inputs: { subject: input.string(options), key: input.string(options) } };
  expect(() => readInputs(contract, { subjet: "x" }, context)).toThrow(
    expect.objectContaining({ code: "INPUT_UNKNOWN", remedy: expect.stringContaining('"subject"') }),
  );
});

it("says what a missing input is for", () => {
  const declared = input.string({ description: "The thing.", required: true, example: "a/b" });
  expect(() => declared.read("x", " ", context)).toThrow(
    expect.objectContaining({ code: "INPUT_MISSING", remedy: 'Give "x": The thing. Example: a/b' }),
  );
});

it("quantities are read as they are written, and junk never throws", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), (bytes) => {
      expect(parseSize(`${bytes}`)).toBe(bytes);
      expect(parseSize(`${bytes}B`)).toBe(bytes);
      expect(parseDuration(`${bytes}ms`)).toBe(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const value of [parseSize(text), parseDuration(text)]) {
        expect(value === undefined || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }
    }),
  );
});
