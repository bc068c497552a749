import { expect, test } from "vitest";
import { cell, code } from "./markdown.ts";

test.each([
  ["plain", "plain"],
  ["two\n  lines", "two lines"],
  ["a|b and `c|d`", "a\\|b and `c\\|d`"],
  ["a <tag> and `<tag>`", "a \\<tag> and `<tag>`"],
  ["all *.pem and `*.pem`", "all \\*.pem and `*.pem`"],
])("cell(%j) is %s", (text, expected) => {
  expect(cell(text)).toBe(expected);
});

test.each([
  ["", ""],
  ["a|b", "`a\\|b`"],
  ["a`b", "`a'b`"],
])("code(%j) is %s", (text, expected) => {
  expect(code(text)).toBe(expected);
});
