import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { expectError } from "../../../test/support/refusal.ts";
import { requireWritable, type ScalarStyle, writeScalar } from "./scalar-text.ts";

const block = { inFlow: false, tagged: false };

const strings = [
  ...[
    "1.2.3",
    "v1",
    "1.2.3-rc.1+build.5",
    "2026.11.21",
    "sha256:0123abc",
    "latest",
    "a b",
    "a#b",
    "a:b",
    "x'y",
    'x"y',
    "é😀",
  ],
  ...[
    "https://registry.example/m:1?a=b#c",
    "oci://host:5000/a/b@sha256:0",
    "x=y",
    "0123abcx",
    "1.2.3.4",
    "12-30",
    "x,y",
    "a[0]",
  ],
  ...["localhost:8080", "1e3x", "yess", "nullable", "2001-01-01-rc1", "a*b&c!d%e@f`g", "a?b", "a{b}"],
];

/** Not a string for some reader if they had no quotes, or not this one, or the end of it. */
const doubtful = [
  ...[
    "",
    "1",
    "1.10",
    "1e3",
    "1.",
    ".5",
    ".",
    "-1",
    "+1",
    "1_000",
    "_",
    "1__0.5",
    "12e4567",
    "012",
    "0o7",
    "0x1F",
    "0b1",
    "08",
  ],
  ...[
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "N",
    "true",
    "False",
    "null",
    "NULL",
    "~",
    ".inf",
    "-.Inf",
    ".NaN",
    "nan",
    "inf",
    "=",
    "<<",
  ],
  ...[
    "12:30:45",
    "1:30",
    "190:20:30.15",
    "2001-01-01",
    "2001-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43",
  ],
  ...[
    "-",
    "- x",
    "-x",
    "?",
    "? x",
    ":",
    ": x",
    ":x",
    "x:",
    "x: y",
    "x #y",
    "#x",
    "@x",
    "`x",
    "*x",
    "&x",
    "!x",
    "%x",
    "|",
    ">",
    ",x",
  ],
  ...["[x]", "{x}", "]x", "}x", "'x", '"x', " x", "x ", "---", "...", "\u00a0x", "!!str x"],
];

describe("a text as a YAML scalar", () => {
  it.each(strings)("%s stays without quotes", (value) => {
    expect(writeScalar(value, "plain", block)).toBe(value);
  });

  it.each(doubtful)("%j gets double quotes", (value) => {
    expect(writeScalar(value, "plain", block)).toBe(`"${value.replaceAll('"', '\\"')}"`);
  });

  it.each(["x,y", "a[0]", "a]", "a{b}", "a?b"])("%s gets double quotes between brackets", (value) => {
    expect(writeScalar(value, "plain", { inFlow: true, tagged: false })).toBe(`"${value}"`);
    expect(writeScalar("sha256:0123abc", "plain", { inFlow: true, tagged: false })).toBe("sha256:0123abc");
  });

  it("needs no quotes after !!str unless it would end early", () => {
    expect(writeScalar("1.10", "plain", { inFlow: false, tagged: true })).toBe("1.10");
    expect(writeScalar("~", "plain", { inFlow: false, tagged: true })).toBe("~");
    expect(writeScalar("x: y", "plain", { inFlow: false, tagged: true })).toBe('"x: y"');
  });

  it.each<[string, ScalarStyle, string]>([
    ["it's", "single-quoted", "'it''s'"],
    ["''", "single-quoted", "''''''"],
    ["a\\b", "single-quoted", "'a\\b'"],
    ["", "single-quoted", "''"],
    ['say "x\\y"', "double-quoted", '"say \\"x\\\\y\\""'],
    ["é'\u00a0😀", "double-quoted", '"é\'\u00a0😀"'],
    ["plain", "double-quoted", '"plain"'],
  ])("%j in %s text", (value, style, written) => {
    expect(writeScalar(value, style, block)).toBe(written);
  });

  it.each<ScalarStyle>(["plain", "single-quoted", "double-quoted"])(
    "is itself for the library, written %s",
    (style) => {
      for (const value of [...strings, ...doubtful]) {
        for (const version of ["1.1", "1.2"] as const) {
          const inBlock = parseDocument(`k: ${writeScalar(value, style, block)} # c\n`, { version });
          expect(inBlock.toJS()).toEqual({ k: value });
          const inFlow = parseDocument(`[${writeScalar(value, style, { inFlow: true, tagged: false })},x]`, {
            version,
          });
          expect(inFlow.toJS()).toEqual([value, "x"]);
        }
      }
    },
  );
});

describe("a text to be written", () => {
  it.each(["", "v1", "é😀\u200d\u00a0"])("may be %j", (value) => {
    expect(() => requireWritable(value, "a")).not.toThrow();
  });

  it.each([
    ["a\nb", "U+000A"],
    ["a\rb", "U+000D"],
    ["a\tb", "U+0009"],
    ["\0", "U+0000"],
    ["\x7f", "U+007F"],
    ["\x85", "U+0085"],
    ["\u2028", "U+2028"],
    ["\u2029", "U+2029"],
    ["\ufeff", "U+FEFF"],
    ["\ud800", "U+D800"],
    ["\uffff", "U+FFFF"],
    ["\u{1fffe}", "U+1FFFE"],
  ])("may not be %j", async (value, problem) => {
    const { message } = await expectError("POINTER_VALUE_INVALID", () => requireWritable(value, "model.version"));
    expect(message).toContain(problem);
    expect(message).toContain("model.version: ");
  });

  it("may have 2 KiB", async () => {
    for (const fitting of ["x".repeat(2048), "é".repeat(1024)]) {
      expect(() => requireWritable(fitting, "a")).not.toThrow();
      const { message } = await expectError("POINTER_VALUE_INVALID", () => requireWritable(`${fitting}x`, "a"));
      expect(message).toContain("2049 bytes");
      expect(message.length).toBeLessThan(200);
    }
  });
});
