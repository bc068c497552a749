import fc from "fast-check";
import { expect, it } from "vitest";
import { columns, wrap } from "./wrap.ts";

it.each([
  ["", 10, [""]],
  ["one two three", 8, ["one two", "three"]],
  ["one two three", 7, ["one two", "three"]],
  ["one two three", 6, ["one", "two", "three"]],
  ["a verylongword b", 5, ["a", "verylongword", "b"]],
  ["first\nsecond", 80, ["first", "second"]],
  ["  spaces   and\ttabs  ", 80, ["spaces and tabs "]],
])("%j at %d columns", (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

it("keeps every word whole and in order, and breaks no line that fits", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z:]{1,12}$/)), fc.integer({ min: 1, max: 40 }), (words, width) => {
      const lines = wrap(words.join(" "), width);
      expect(lines.join(" ")).toBe(words.join(" "));
      for (const line of lines) expect(columns(line) <= width || !line.includes(" ")).toBe(true);
    }),
  );
});
