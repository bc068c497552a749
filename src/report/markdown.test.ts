import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Summary } from "../contract/index.ts";
import { renderMarkdown } from "./markdown.ts";

/** The cells of a table row as GFM 4.10 takes them apart: a backslash and the character after it are one. */
function cellsOf(row: string): string[] {
  const inner = row.replace(/^\| /, "").replace(/ \|$/, "");
  return (inner.match(/(?:\\.|[^|])+|(?<=\|)(?=\|)/gs) ?? []).map((cell) => cell.trim());
}

function oneFact(value: string, code = false): string {
  return renderMarkdown({ title: "T", facts: [{ label: "L", value, code }] }).split("\n")[4] ?? "";
}

describe("renderMarkdown", () => {
  it("writes a heading, a table of facts and tables", () => {
    const summary: Summary = {
      title: "Packaged retina/seg 2.4.1",
      facts: [
        { label: "Subject", value: "sha256:ab12", code: true },
        { label: "Size", value: "4.00 GB" },
      ],
      tables: [
        {
          title: "Files",
          columns: [
            { name: "File", code: true },
            { name: "Size", align: "right" },
          ],
          rows: [["model.plan", "3.90 GB"]],
          omitted: 7,
        },
        { title: "Left out", columns: [{ name: "File" }], rows: [] },
      ],
    };
    expect(renderMarkdown(summary)).toBe(
      `### Packaged retina/seg 2.4.1

| | |
|:--|:--|
| Subject | \`sha256:ab12\` |
| Size | 4.00 GB |

#### Files

| File | Size |
|:--|--:|
| \`model.plan\` | 3.90 GB |

_… and 7 more_

#### Left out

_none_
`,
    );
  });

  it.each([
    ["a|b", "| L | a\\|b |"],
    ["a\\|b", "| L | a\\\\\\|b |"],
    ["`code` *bold* _it_ ~~no~~", "| L | \\`code\\` \\*bold\\* \\_it\\_ \\~\\~no\\~\\~ |"],
    ["snake_case stays", "| L | snake_case stays |"],
    ["[link](https://evil.example)", "| L | \\[link\\](https://evil.example) |"],
    ["<img src=x onerror=y> & more", "| L | &lt;img src=x onerror=y&gt; &amp; more |"],
    ["two\nlines\r\nand three", "| L | two<br>lines<br>and three |"],
    ["https://ci.example/runs/1_2?a=b", "| L | <https://ci.example/runs/1_2?a=b> |"],
    ["https://ci.example/a|b", "| L | https://ci.example/a\\|b |"],
    ["\u001b[31mred\u001b[0m", "| L | red |"],
    ["", "| L |  |"],
  ])("text %j becomes %s", (value, row) => {
    expect(oneFact(value)).toBe(row);
  });

  it.each([
    ["oci:out/store:1.0_x", "| L | `oci:out/store:1.0_x` |"],
    ["<b>&", "| L | `<b>&` |"],
    ["a|b", "| L | <code>a&#124;b</code> |"],
    ["a\\|b", "| L | <code>a&#92;&#124;b</code> |"],
    ["a`b <i>", "| L | <code>a&#96;b &#60;i&#62;</code> |"],
    ["one\ntwo\n", "| L | `one`<br>`two` |"],
    ["", "| L |  |"],
  ])("code %j becomes %s", (value, row) => {
    expect(oneFact(value, true)).toBe(row);
  });

  it("lets no text become another column, another row or HTML", () => {
    const nasty = fc.string({ unit: fc.constantFrom("|", "\\", "`", "<", ">", "\n", "\r", "a", " ", "_", "&", "/") });
    fc.assert(
      fc.property(nasty, fc.boolean(), (value, code) => {
        const rows = renderMarkdown({ title: "T", facts: [{ label: "L", value, code }] })
          .trimEnd()
          .split("\n");
        expect(rows).toHaveLength(5);
        expect(cellsOf(rows[4] ?? "").length).toBeLessThanOrEqual(2);
        const outsideCode = (rows[4] ?? "").replaceAll(/`[^`]*`/g, "").replaceAll(/<\/?code>|<br>/g, "");
        if (code) expect(outsideCode).not.toMatch(/[<>]/);
        else expect((rows[4] ?? "").replaceAll("<br>", "")).not.toMatch(/[<>]/);
      }),
    );
  });

  it("cuts after a whole row and says so", () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => [`file-${index}-ü`]);
    const whole: Summary = { title: "T", facts: [], tables: [{ title: "Files", columns: [{ name: "File" }], rows }] };
    const text = renderMarkdown({ ...whole, tables: [...(whole.tables ?? []), ...(whole.tables ?? [])] });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1024 * 1024 - 100);
    expect(text.split("\n").slice(-4)).toEqual([
      expect.stringMatching(/^\| file-\d+-ü \|$/),
      "",
      "_The rest is left out: a job summary holds 1 MiB._",
      "",
    ]);
  });
});
