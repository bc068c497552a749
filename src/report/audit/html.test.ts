import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

const shown = (text: string) => String(html`${text}`);

describe("a text in a template", () => {
  it.each([
    ["plain", "plain"],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    [`" onload='x' &amp;`, "&quot; onload=&#39;x&#39; &amp;amp;"],
    ["right-to-left \u202egnp.exe", "right-to-left ‹U+202E›gnp.exe"],
    ["zero\u200bwidth, \u{e0041} tag, bom\ufeff", "zero‹U+200B›width, ‹U+E0041› tag, bom‹U+FEFF›"],
    ["null \u0000, escape \u001b[31m, next line \u0085", "null ‹U+0000›, escape ‹U+001B›[31m, next line ‹U+0085›"],
    ["half a pair \ud83d", "half a pair ‹U+D83D›"],
    ["line\r\nbreaks\rand\ttabs", "line\nbreaks\nand\ttabs"],
    ["Größe 5 µm, 模型, 🚀", "Größe 5 µm, 模型, 🚀"],
  ])("%j is written as %j", (text, written) => {
    expect(shown(text)).toBe(written);
  });

  it("is cut when it is long, between whole characters, and says so", () => {
    expect(shown("a".repeat(4_000))).toBe("a".repeat(4_000));
    expect(shown("a".repeat(4_001))).toBe(`${"a".repeat(4_000)} … and 1 more characters`);
    expect(shown(`a${"🚀".repeat(3_000)}`)).toBe(`a${"🚀".repeat(1_999)} … and 2002 more characters`);
  });

  it("never ends a text or a quoted attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(shown(text)).not.toMatch(/[<>"'\0\u202e]|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});

it("joins templates, lists and numbers, and leaves out what is undefined", () => {
  const items = ["<", 2, undefined].map((item) => html`<li>${item}</li>`);
  expect(String(html`<ul>${items}</ul>${undefined}`)).toBe("<ul><li>&lt;</li><li>2</li><li></li></ul>");
});
