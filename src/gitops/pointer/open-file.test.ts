import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { openFile } from "./open-file.ts";

function open(content: string | Uint8Array) {
  return openFile({ path: "v.yaml", bytes: typeof content === "string" ? new TextEncoder().encode(content) : content });
}

describe("a file with a pointer", () => {
  it.each<[string | number[], string, string]>([
    ["a: [\n", "2:1", "not YAML 1.2: "],
    ["a: b: c\n", "1:4", "not YAML 1.2: nested mappings"],
    ["a:\n\tb: c\n", "2:1", "not YAML 1.2: "],
    ['ok: 1\na: "x\n', "3:1", "not YAML 1.2: missing closing"],
    ["a: x\n b: y\n", "1:4", "not YAML 1.2: "],
    ["a: x\n---\nb: [\n", "4:1", "not YAML 1.2: "],
    ["%YAML 1.2\na: x\n", "2:1", "not YAML 1.2: missing directives-end"],
    ["a: *b\n", "1:4", "the alias *b names no anchor above it"],
    ["a: *b\nb: &b x\n", "1:4", "the alias *b names no anchor above it"],
    ["a: &b x\n---\na: *b\n", "3:4", "the alias *b names no anchor above it"],
    ["a: x\rb: y\n", "1:5", "the character U+000D stands here"],
    ["# c\u2028a: x\n", "1:4", "the character U+2028 stands here"],
    ["a: x # \u2029\n", "1:8", "the character U+2029 stands here"],
    ["a: x\u0085b: y\n", "1:5", "the character U+0085 stands here"],
    ["a: x\0\n", "1:5", "the character U+0000 stands here"],
    ["a: x\u001b[0m\n", "1:5", "the character U+001B stands here"],
    ["\ufeffa: \ufeff\n", "1:4", "the character U+FEFF stands here"],
    ["a: \uffff\n", "1:4", "the character U+FFFF stands here"],
    [[0x61, 0x3a, 0x0a, 0xff, 0x0a], "2", "this line is not UTF-8"],
    [[0xff, 0xfe, 0x61, 0x00], "1", "this line is not UTF-8"],
    [[0x0a, 0x0a, 0xed, 0xa0, 0x80], "3", "this line is not UTF-8"],
    [[0xc3], "1", "this line is not UTF-8"],
  ])("%j is refused at %s", async (content, at, problem) => {
    const bytes = typeof content === "string" ? content : Uint8Array.from(content);
    const { message } = await expectError("POINTER_FILE_INVALID", () => open(bytes));
    expect(message).toContain(`v.yaml:${at}: ${problem}`);
  });

  it.each<[name: string, text: string, problem: string]>([
    ["lists", "[".repeat(200), "1:102: lists and mappings are nested more than 100 deep"],
    ["mappings", "{a: ".repeat(200), "nested more than 100 deep"],
    ["items", "- ".repeat(200), "nested more than 100 deep"],
    ["keys", "? ".repeat(200), "nested more than 100 deep"],
    ["signs", "a: [".padEnd(810_000, "b,"), "there are more than 400000 words and signs"],
    ["documents", "---\n".repeat(1001), "there are more than 1000 documents"],
    ["ended documents", "a\n...\n".repeat(1001), "there are more than 1000 documents"],
  ])("is refused for too many %s", async (_, text, problem) => {
    const { message } = await expectError("POINTER_FILE_TOO_LARGE", () => open(text));
    expect(message).toContain(problem);
  });

  it("has at most 1 MiB", async () => {
    const fitting = new Uint8Array(1024 * 1024).fill(0x0a);
    fitting.fill(0x23, 1);
    expect(open(fitting).text).toHaveLength(1024 * 1024);
    const { message } = await expectError("POINTER_FILE_TOO_LARGE", () => open(new Uint8Array(1024 * 1024 + 1)));
    expect(message).toContain("v.yaml has 1048577 bytes");
  });

  it("may be close to its bounds", () => {
    expect(open("---\n".repeat(1000)).documents).toHaveLength(1000);
    expect(open(`${"[".repeat(100)}${"]".repeat(100)}`).documents).toHaveLength(1);
    const aliases = `a: &a [x]\n${"b: &b [*a, *a]\n".repeat(1000)}`;
    expect(open(aliases).documents).toHaveLength(1);
  });
});
