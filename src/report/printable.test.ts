import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it.each([
  ["plain text", "plain text"],
  ["two\nlines\tand a tab", "two\nlines\tand a tab"],
  ["windows\r\nline and a lone\rreturn", "windows\nline and a lone\nreturn"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007", "link"],
  ["\u001b[2J\u001b[Hcleared", "cleared"],
  ["bell \u0007 and null \u0000", "bell � and null �"],
  ["right-to-left \u202egnp.exe", "right-to-left �gnp.exe"],
  ["line separator \u2028 inside", "line separator � inside"],
  ["Größe 5 µm, 模型, 🚀", "Größe 5 µm, 模型, 🚀"],
])("%j is shown as %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
