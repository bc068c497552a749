import * as fc from "fast-check";

/** Old texts of scalars; without quotes many are something else in one version of YAML or both. */
export const oldTexts = [
  ...["", "v1.2.3", "1.10", "1e3", "yes", "null", "~", "012", "0o7", "1_000", "12:30:45", "2001-01-01", "true", ".inf"],
  ...[
    "sha256:0123abcd",
    "latest",
    "a b",
    "a, b",
    "a#b",
    "-1",
    "x[0]",
    "https://x.example/m?a=1#f",
    "ünï",
    "😀 x",
    "-",
    ": ",
  ],
  ...[" lead", "it's", 'say "v"', "back\\slash", "# no comment", "{{ .Values.x }}", "*a", "&a", "!x", "%", "@", "a: b"],
];
export const keys = [
  "version",
  "digest",
  "name",
  "a.b",
  "x y",
  "ключ",
  "model-1",
  "app.kubernetes.io/name",
  "on",
  "8080",
  "it's",
];

/** Texts to be written into a scalar: what pointers hold, what YAML takes for something else, and anything. */
export function scalarText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...oldTexts, ...newTexts),
    fc.stringMatching(/^\d{1,3}\.\d{1,3}\.\d{1,3}(-rc\.\d)?$/),
    fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
    fc.stringMatching(/^[-+.:_0-9a-fxoeTZ]{1,10}$/),
    fc.stringMatching(/^[ !"#%&'*,.:<=>?@[\\\]`{|}~a-z-]{1,8}$/),
    fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu, "")),
  );
}

const newTexts = [
  ...[
    "=",
    "<<",
    "? x",
    "?",
    "- x",
    "---",
    "...",
    "--- x",
    "'",
    '"',
    "|",
    ">",
    "trail ",
    "y",
    "N",
    "Off",
    "NULL",
    ".NaN",
  ],
  ...[
    "0x1F",
    "0b1",
    "1:30",
    "190:20:30.15",
    "2001-1-1 1:2:3",
    "2001-12-14t21:59:43.10-05:00",
    "+1",
    "1.",
    ".5",
    ".",
    "1__0",
  ],
  ...[
    "x:",
    "x :y",
    "x #y",
    "x#y",
    "a,b",
    "[a]",
    "{a: b}",
    "a]",
    "a}",
    "a?b",
    "\\n",
    "\\",
    "''",
    "a'b\"c",
    "!!str x",
    "\u00a0x",
  ],
];
