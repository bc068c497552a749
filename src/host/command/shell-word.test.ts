import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellWord } from "./shell-word.ts";

it.each([
  ["oci:out/store/seg:2.4.1@sha256:ab", "oci:out/store/seg:2.4.1@sha256:ab"],
  ["oci:seg@sha256:…", "oci:seg@sha256:…"],
  ["Ada L.", "'Ada L.'"],
  ["it's $(x)", "'it'\\''s $(x)'"],
  ["", "''"],
])("%j is written %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});

it("is read by a shell as it was meant", () => {
  const texts = fc.sample(fc.string({ unit: fc.constantFrom(..." '\"$`\\!*?[]{}()<>|&;#~\nax-=:/") }), 200);
  const script = texts.map((text) => `printf '%s\\0' ${shellWord(text)}`).join("\n");
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(texts.map((text) => `${text}\0`).join(""));
});
