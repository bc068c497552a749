import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePythonJson } from "./python-json.ts";

const notFinite = fc.constantFrom("NaN", "Infinity", "-Infinity");

/** JSON texts with every blank and escape that JSON has, and values whose texts look like Python's numbers. */
const texts = fc
  .tuple(
    fc.jsonValue({ maxDepth: 6, noUnicodeString: false }),
    fc.string(),
    notFinite,
    fc.constantFrom(undefined, 1, "\t", " \n"),
  )
  .map(([value, noise, word, indent]) =>
    JSON.stringify({ value, [`"${noise}\\: ${word}`]: [`${noise} ${word}, ${word}]\\"`, word] }, undefined, indent),
  );

describe("JSON as Python writes it", () => {
  it("is what JSON.parse reads where it is JSON", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(parsePythonJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it("is nothing where it is neither JSON nor Python's numbers", () => {
    const scraps = fc.array(
      fc.constantFrom(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        '"a"',
        "\\",
        "1",
        "-",
        "true",
        " ",
        "\n",
        "NaNa",
        "-NaN",
        "xNaN",
      ),
    );
    fc.assert(
      fc.property(scraps, (parts) => {
        const text = parts.join("");
        const { value, problem } = parsePythonJson(text);
        if (problem === undefined) expect(value).toEqual(JSON.parse(text));
        else if (!problem.includes("twice")) expect(() => JSON.parse(text)).toThrow();
      }),
    );
  });

  it("has the names of numbers that are not finite as texts, wherever a value stands", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(notFinite, fc.jsonValue({ maxDepth: 2 }))), fc.string(), (items, key) => {
        const bare = (item: unknown) => typeof item === "string" && /^(?:NaN|-?Infinity)$/.test(item);
        const list = items.map((item) => (bare(item) ? String(item) : JSON.stringify(item)));
        const text = `{${JSON.stringify(key)}: [ ${list.join(" ,\n")}]}`;
        expect(parsePythonJson(text)).toEqual({
          value: JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(items)}}`),
        });
      }),
    );
  });

  it.each([
    ["NaN", "NaN"],
    [" -Infinity\n", "-Infinity"],
    ['{"a":NaN,"b":[Infinity]}', { a: "NaN", b: ["Infinity"] }],
    ['{"a":"NaN, -Infinity","b\\"":"\\\\","c":NaN}', { a: "NaN, -Infinity", 'b"': "\\", c: "NaN" }],
    ['{"constructor": 1, "toString": {"constructor": 2}}', { constructor: 1, toString: { constructor: 2 } }],
    ['[{"a": 1}, {"a": 2}]', [{ a: 1 }, { a: 2 }]],
    ['{"a": "a", "b": {"a": "b"}}', { a: "a", b: { a: "b" } }],
    ['["a", "a"]', ["a", "a"]],
  ])("of %s is read", (text, value) => {
    expect(parsePythonJson(text)).toEqual({ value });
  });

  it("keeps __proto__ as a member like any other", () => {
    const { value } = parsePythonJson('{"__proto__": {"polluted": true}}');
    expect(Object.keys(value ?? {})).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("polluted");
  });

  it.each([
    ['{"a": 1, "a": 2}', 'the key "a" stands twice'],
    ['{"a": 1, "\\u0061": 2}', 'the key "a" stands twice'],
    ['{"b": {"a": [{"a": 1}], "a" : 2}}', 'the key "a" stands twice'],
    ["{NaN: 1}", "it is not JSON"],
    ["NaNNaN", "it is not JSON"],
    ["-NaN", "it is not JSON"],
    ["+Infinity", "it is not JSON"],
    ["nan", "it is not JSON"],
    ['"NaN', "it is not JSON"],
    ["", "it is not JSON"],
    ["{'a': 1}", "it is not JSON"],
    ['{"a": 1}\n{"a": 1}', "it is not JSON"],
    ["[".repeat(65) + "]".repeat(65), "it is nested more than 64 deep"],
    ["[".repeat(2_000_000), "it is nested more than 64 deep"],
    [`[${"[],".repeat(2_500_001)}1]`, "more than 5000000 values"],
  ])("is refused as in row %#", (text, problem) => {
    expect(parsePythonJson(text).problem).toContain(problem);
  });

  it("may be nested 64 deep", () => {
    expect(parsePythonJson("[".repeat(64) + "]".repeat(64)).problem).toBeUndefined();
  });

  it("takes a long text with many escapes in time that grows with its length", () => {
    const long = '\\\\\\"'.repeat(1_000_000);
    expect(parsePythonJson(`["${long}", NaN]`)).toEqual({ value: [JSON.parse(`"${long}"`), "NaN"] });
  });
});
