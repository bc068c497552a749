import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import type { DocumentFilter } from "./choose-document.ts";
import { editScalars, parseSelector, readScalars } from "./index.ts";

function fileOf(text: string): { path: string; bytes: Uint8Array } {
  return { path: "env/values.yaml", bytes: new TextEncoder().encode(text) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function edit(text: string, edits: Readonly<Record<string, string>>, document?: DocumentFilter): string {
  const list = Object.entries(edits).map(([selector, value]) => ({ selector: parseSelector(selector), value }));
  return textOf(editScalars(fileOf(text), document, list));
}

describe("setting a scalar", () => {
  it.each<[text: string, selector: string, value: string, after: string]>([
    // Where it stands.
    ["a: x\nb: y\n", "a", "v2", "a: v2\nb: y\n"],
    ["a:\n  b:\n    c: x\n", "a.b.c", "v2", "a:\n  b:\n    c: v2\n"],
    ["a:\n- x\n- y", "a[1]", "v2", "a:\n- x\n- v2"],
    ["- - - x", "[0][0][0]", "v2", "- - - v2"],
    ["- b: 1\n  c: x\n", "[0].c", "v2", "- b: 1\n  c: v2\n"],
    ["l:\n- n: a\n  v: x\n- n: b\n  v: x\n", "l[n=b].v", "v2", "l:\n- n: a\n  v: x\n- n: b\n  v: v2\n"],
    ["l: [{n: 1.0, v: x}]", "l[n=1.0].v", "v2", "l: [{n: 1.0, v: v2}]"],
    ["data:\n  release.json: x\n", 'data."release.json"', "v2", "data:\n  release.json: v2\n"],
    ['"\\u0061": x\n', "a", "v2", '"\\u0061": v2\n'],
    ["a:\n    x # c\n", "a", "v2", "a:\n    v2 # c\n"],
    ["? a\n: x\n", "a", "v2", "? a\n: v2\n"],
    ["{a: x, b: [y, z]}", "b[0]", "v2", "{a: x, b: [v2, z]}"],
    ['{"a":"x","b":y}', "b", "v2", '{"a":"x","b":v2}'],
    ["l: [a: x, b]", "l[0].a", "v2", "l: [a: v2, b]"],
    ["on: x\n", "on", "v2", "on: v2\n"],
    // What stands around it.
    ["a:   x   # c\n", "a", "v2", "a:   v2   # c\n"],
    ["\ufeff# c\r\na: x\r\nb: y\n\n\n", "a", "v2", "\ufeff# c\r\na: v2\r\nb: y\n\n\n"],
    ["a: &v x # c\n", "a", "v2", "a: &v v2 # c\n"],
    ["a: &v\n  x\n", "a", "v2", "a: &v\n  v2\n"],
    ["a: !!str x\n", "a", "1.10", "a: !!str 1.10\n"],
    ["a: !!str &v x\n", "a", "x: y", 'a: !!str &v "x: y"\n'],
    ["a: !<tag:yaml.org,2002:str> x\n", "a", "v2", "a: !<tag:yaml.org,2002:str> v2\n"],
    ["%YAML 1.1\n%TAG !e! tag:e,2000:\n---\na: x\n", "a", "yes", '%YAML 1.1\n%TAG !e! tag:e,2000:\n---\na: "yes"\n'],
    ["a: x\nb: !custom [1]\nc: !!binary aGk=\n", "a", "v2", "a: v2\nb: !custom [1]\nc: !!binary aGk=\n"],
    ["# only\n---\na: x\n...\n# end\n", "a", "v2", "# only\n---\na: v2\n...\n# end\n"],
    ["a: x\nb: &s 1\nc: *s\n", "a", "v2", "a: v2\nb: &s 1\nc: *s\n"],
    // How it is written.
    ["a: 1.0\n", "a", "1.10", 'a: "1.10"\n'],
    ["a: x\n", "a", "sha256:0123abc", "a: sha256:0123abc\n"],
    ["a: 'x' # c\n", "a", "it's", "a: 'it''s' # c\n"],
    ['a: "x" # c\n', "a", 'say "\\é😀"', 'a: "say \\"\\\\é😀\\"" # c\n'],
    ["[a,b]", "[0]", "a,b", '["a,b",b]'],
    // When it was left out.
    ["a:\n", "a", "v2", "a: v2\n"],
    ["a:", "a", "v2", "a: v2"],
    ["a:  \t # c\nb: y\n", "a", "v2", "a: v2  \t # c\nb: y\n"],
    ["a:\n  # c\nb: y\n", "a", "v2", "a: v2\n  # c\nb: y\n"],
    ["a: \r\nb: y\r\n", "a", "1", 'a: "1" \r\nb: y\r\n'],
    ["a: &v # c\n", "a", "v2", "a: &v v2 # c\n"],
    ["a: !!str\n", "a", "2", "a: !!str 2\n"],
    ["{a: , b: y}", "a", "v2", "{a: v2 , b: y}"],
    ["{a:}", "a", "v2", "{a: v2}"],
    ["l:\n-\n- x\n", "l[0]", "v2", "l:\n- v2\n- x\n"],
    ["? a\n:\n", "a", "v2", "? a\n: v2\n"],
    ['a: "" # c\n', "a", "v2", 'a: "v2" # c\n'],
    ["a: ''\n", "a", "v2", "a: 'v2'\n"],
    ["a: ~\n", "a", "v2", "a: v2\n"],
    // When it is to be empty.
    ["a: x\n", "a", "", 'a: ""\n'],
    ["a: 'x'\n", "a", "", "a: ''\n"],
    // Below a merge key, whose keys it overrides for every reader.
    ["b: &b {v: 1}\na:\n  <<: *b\n  v: x\n", "a.v", "v2", "b: &b {v: 1}\na:\n  <<: *b\n  v: v2\n"],
  ])("%j at %s to %j", (text, selector, value, after) => {
    expect(edit(text, { [selector]: value })).toBe(after);
    expect(readScalars(fileOf(after), undefined, { it: parseSelector(selector) })).toEqual({ it: value });
  });

  it("sets several at once, in any order", () => {
    const before = "m:\n  version: 1.0.0 # v\n  digest: 'sha256:1'\n  uri:\n";
    const after = "m:\n  version: 1.0.1 # v\n  digest: 'sha256:2'\n  uri: oci://h/m@sha256:2\n";
    const edits = { "m.uri": "oci://h/m@sha256:2", "m.digest": "sha256:2", "m.version": "1.0.1" };
    expect(edit(before, edits)).toBe(after);
    const triple = { u: parseSelector("m.uri"), v: parseSelector("m.version") };
    expect(readScalars(fileOf(after), undefined, triple)).toEqual({ u: "oci://h/m@sha256:2", v: "1.0.1" });
  });

  it.each([
    ["a: x # c\r\n", "x"],
    ["a: 1.10\n", "1.10"],
    ["a:\n", ""],
    ['a: "x"\n', "x"],
  ])("leaves the very same bytes of %j, whose text is %j already", (text, value) => {
    const file = fileOf(text);
    expect(editScalars(file, undefined, [{ selector: parseSelector("a"), value }])).toBe(file.bytes);
  });

  it("may change what a filter goes by", () => {
    expect(edit("l:\n- k: a\n- k: b\n", { "l[k=b].k": "c" })).toBe("l:\n- k: a\n- k: c\n");
  });

  it("does nothing when nothing is asked for", () => {
    const file = fileOf("a: x\n");
    expect(editScalars(file, undefined, [])).toBe(file.bytes);
    expect(readScalars(file, undefined, {})).toEqual({});
  });

  it("sets one place twice to the same text, and refuses two texts", async () => {
    const to = (value: string) => ({ selector: parseSelector("[0]"), value });
    const file = fileOf("[x]");
    expect(textOf(editScalars(file, undefined, [to("z"), to("z")]))).toBe("[z]");
    await expectError("POINTER_AMBIGUOUS", () => editScalars(file, undefined, [to("x"), to("y")]));
    await expectError("POINTER_AMBIGUOUS", () => editScalars(file, undefined, [to("y"), to("x")]));
  });
});

describe("what cannot be set is refused", () => {
  it.each<[text: string, selector: string, code: string, at: string, problem: string]>([
    ["a: |\n  x\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:4", "block scalars (| and >) are not edited"],
    ["a: >-\n  x\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:4", "block scalars"],
    ["a: x\n  y\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:4", "values of several lines are not edited"],
    ['b: 1\na: "x\n  y"\n', "a", "POINTER_SCALAR_UNSUPPORTED", "2:4", "values of several lines"],
    ["{a, b}", "a", "POINTER_SCALAR_UNSUPPORTED", "1:2", "this key has no colon"],
    ["? a\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:3", "this key has no colon"],
    ["a: &v x\nb: *v\n", "a", "POINTER_ALIASED", "1:7", "the alias *v repeats this value elsewhere"],
    ["a: &v\nb: *v\n", "a", "POINTER_ALIASED", "1:6", "the alias *v repeats this value elsewhere"],
    ["a: &m\n  v: x\nb: {<<: *m}\n", "a.v", "POINTER_ALIASED", "2:6", "the alias *m repeats what this value is in"],
    ["a: &l [{v: x}]\nb: *l\n", "a[0].v", "POINTER_ALIASED", "1:12", "the alias *l repeats what"],
  ])("%j at %s: %s at %s", async (text, selector, code, at, problem) => {
    const { message } = await expectError(code, () => edit(text, { [selector]: "v2" }));
    expect(message).toMatch(`env/values.yaml:${at}: ${selector}: `);
    expect(message).toContain(problem);
  });

  it("but an anchor that only other documents or later anchors of its name repeat is none", () => {
    expect(edit("a: &v x\nb: &v y\nc: *v\n", { a: "v2" })).toBe("a: &v v2\nb: &v y\nc: *v\n");
    expect(edit("a: &v x\n---\nb: &v y\nc: *v\n", { a: "v2" })).toBe("a: &v v2\n---\nb: &v y\nc: *v\n");
  });

  it("and so are texts that are no single line", async () => {
    const { message } = await expectError("POINTER_VALUE_INVALID", () => edit("a: x\n", { a: "x\ny: z" }));
    expect(message).toContain("a: the text to be written");
  });

  it("and a file that would outgrow its bounds", async () => {
    const text = `a: x\n#${"c".repeat(1024 * 1024 - 20)}\n`;
    expect(edit(text, { a: "0123456789" })).toHaveLength(text.length + 11);
    await expectError("POINTER_FILE_TOO_LARGE", () => edit(text, { a: "x".repeat(100) }));
  });

  it("and a file that is YAML 1.2 only", async () => {
    const { message } = await expectError("POINTER_FILE_INVALID", () => edit("a: x\nb: !!set {c: d}\n", { a: "v2" }));
    expect(message).toContain("env/values.yaml:2:");
    expect(message).toContain("not YAML 1.1");
  });
});

it("takes time in proportion to the file", () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `key-${at}: text ${at}\n`);
  const started = performance.now();
  const after = edit(lines.join(""), { "key-12345": "v2" });
  expect(performance.now() - started).toBeLessThan(2000);
  expect(after).toBe(lines.with(12_345, "key-12345: v2\n").join(""));
});
