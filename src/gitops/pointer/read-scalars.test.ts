import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import type { DocumentFilter } from "./choose-document.ts";
import { parseSelector, readScalars } from "./index.ts";

function read(text: string, selector: string, document?: DocumentFilter): string | undefined {
  const file = { path: "env/values.yaml", bytes: new TextEncoder().encode(text) };
  return readScalars(file, document, { it: parseSelector(selector) })["it"];
}

describe("the text of a scalar", () => {
  it.each([
    ["a: x", "x"],
    ["a: 1.10", "1.10"],
    ["a: 0x1F", "0x1F"],
    ["a: 1_000", "1_000"],
    ["a: true", "true"],
    ["a: ~", "~"],
    ["a: null", "null"],
    ["a: yes", "yes"],
    ["a:", ""],
    ["a: ''", ""],
    ["{a}", ""],
    ["a: !!str 1.0", "1.0"],
    ["a: !!str", ""],
    ['a: "\\u0041\\n"', "A\n"],
    ["a: 'it''s'", "it's"],
    ["a: x\n  y", "x y"],
    ["a: |\n  x\n  y\n", "x\ny\n"],
    ["\ufeffa: x", "x"],
  ])("of %j is %j", (text, value) => {
    expect(read(text, "a")).toBe(value);
  });
});

describe("a selector that cannot be followed", () => {
  const model = "model:\n  version: 1.0\n  digest: sha256:0\n";

  it.each<[text: string, selector: string, code: string, at: string, problem: string]>([
    // It matches nothing.
    [
      model,
      "modl.version",
      "POINTER_NOT_FOUND",
      "1:1",
      'the document has no key "modl"; its keys are model; did you mean "model"?',
    ],
    [
      model,
      "model.versoin",
      "POINTER_NOT_FOUND",
      "2:3",
      'model has no key "versoin"; its keys are version, digest; did you mean "version"?',
    ],
    [model, "model.Digest", "POINTER_NOT_FOUND", "2:3", 'did you mean "digest"?'],
    [model, "model.uri", "POINTER_NOT_FOUND", "2:3", "its keys are version, digest"],
    [model, "model.version.x", "POINTER_NOT_FOUND", "2:12", "model.version is a single value"],
    [model, "model[0]", "POINTER_NOT_FOUND", "2:3", "model is a mapping, and not a list"],
    ["a: [x]", "a.b", "POINTER_NOT_FOUND", "1:4", "a is a list, and not a mapping"],
    ["a: [x]", "a[1]", "POINTER_NOT_FOUND", "1:4", "a has 1 item"],
    ["a:\n- n: x\n", "a[n=y].v", "POINTER_NOT_FOUND", "2:1", 'a has no item whose n is "y"'],
    ["a:\n- x\n- [n, x]\n- m: x\n", "a[n=x]", "POINTER_NOT_FOUND", "2:1", "a has no item"],
    ["b: 1\na:\nc: 1\n", "a.b", "POINTER_NOT_FOUND", "2:3", "a is empty"],
    ["{a: {}}", "a.b", "POINTER_NOT_FOUND", "1:5", 'a has no key "b"; it has none'],
    ["", "a", "POINTER_NOT_FOUND", "1:1", "the document is empty"],
    ["# c\n", "a", "POINTER_NOT_FOUND", "1:1", "the document is empty"],
    // It matches twice.
    [
      "a:\n- n: x\n- n: x\n",
      "a[n=x].n",
      "POINTER_AMBIGUOUS",
      "3:3",
      'the items 0 and 1 of this list both have the n "x"',
    ],
    // It meets an alias.
    ["b: &b x\na: *b\n", "a", "POINTER_ALIAS", "2:4", "the alias *b stands here"],
    ["b: &b {c: x}\na: *b\n", "a.c", "POINTER_ALIAS", "2:4", "the alias *b stands on the way"],
    ["b: &b {n: x}\na: [*b]\n", "a[n=x].n", "POINTER_ALIAS", "2:5", "the alias *b stands on the way"],
    ["b: &b x\na: [n: *b]\n", "a[n=x].n", "POINTER_ALIAS", "2:8", "the alias *b stands on the way"],
    // It meets a merge key.
    ["b: &b {v: x}\na:\n  <<: *b\n", "a.v", "POINTER_MERGE_KEY", "3:3", 'there is no key "v" in this mapping itself'],
    ["b: &b {v: x}\na:\n  v: y\n  <<: *b\n", "a.v", "POINTER_MERGE_KEY", "4:3", 'a merge key (<<) stands below "v"'],
    ["a:\n  <<: {v: x}\n", "a.<<.v", "POINTER_MERGE_KEY", "2:3", "<< is a merge key here"],
    ["a:\n- <<: {n: x}\n", "a[n=x].n", "POINTER_MERGE_KEY", "2:3", 'there is no key "n" in this mapping itself'],
    // It meets a key that readers disagree about.
    ["a: x\nb: y\na: z\n", "a", "POINTER_DUPLICATE_KEY", "3:1", 'the key "a" is here a second time'],
    ["a:\n  v: x\nb: 1\n'b': 2\n", "a.v", "POINTER_DUPLICATE_KEY", "4:1", 'the key "b" is here a second time'],
    ["l:\n- n: x\n  n: y\n", "l[n=x].n", "POINTER_DUPLICATE_KEY", "3:3", 'the key "n" is here a second time'],
    ["8080: x\n", "8080", "POINTER_KEY_UNSUPPORTED", "1:1", "the key 8080 is not text"],
    ["a:\n  true: x\n", "a.true", "POINTER_KEY_UNSUPPORTED", "2:3", "the key true is not text"],
    ["!t a: x\n", "a", "POINTER_KEY_UNSUPPORTED", "1:4", "the key a is not text"],
    ["a: x\n? [b]\n: y\n", "a", "POINTER_KEY_UNSUPPORTED", "2:3", "a key of this mapping is a list or a mapping"],
    ["b: &b x\n*b : y\n", "a", "POINTER_KEY_UNSUPPORTED", "2:1", "a key of this mapping is an alias"],
    // It ends too early, or where values mean something else.
    [model, "model", "POINTER_NOT_SCALAR", "2:3", "there is a mapping here"],
    ["a:\n- x\n", "a", "POINTER_NOT_SCALAR", "2:1", "there is a list here"],
    ["a: !!int 1\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:10", "the tag tag:yaml.org,2002:int stands here"],
    ["a: ! x\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:6", "the tag ! stands here"],
    ["a: !vault x\n", "a", "POINTER_SCALAR_UNSUPPORTED", "1:11", "the tag !vault stands here"],
    [
      "%TAG !! tag:e,2000:\n---\na: !!str x\n",
      "a",
      "POINTER_SCALAR_UNSUPPORTED",
      "3:10",
      "the tag tag:e,2000:str stands",
    ],
    ["a: !!omap [b: x]\n", "a[0].b", "POINTER_SCALAR_UNSUPPORTED", "1:11", "the tag tag:yaml.org,2002:omap"],
  ])("%j at %s: %s at %s", async (text, selector, code, at, problem) => {
    const error = await expectError(code, () => read(text, selector));
    expect(error.message).toMatch(`env/values.yaml:${at}: ${selector}: `);
    expect(error.message).toContain(problem);
    expect(error.remedy).not.toBe("");
  });

  it("is described in one short line, whatever the file holds", async () => {
    const keys = Array.from({ length: 2000 }, (_, at) => `${"k".repeat(500)}${at}: x\n`).join("");
    const { message } = await expectError("POINTER_NOT_FOUND", () => read(keys, "a.b"));
    expect(message).toContain("and 1988 more");
    expect(message.length).toBeLessThan(1000);
  });
});

describe("a file of several documents", () => {
  const one = "kind: ConfigMap\nmetadata: {name: a}\ndata: {v: x}\n";
  const two = "kind: ConfigMap\nmetadata: {name: b}\ndata: {v: y}\nmore: z\n";
  const both = `${one}---\n${two}`;

  it("is read where all selectors match", () => {
    expect(read(both, "more")).toBe("z");
    expect(read(`---\n---\n${one}---\n# c\n`, "data.v")).toBe("x");
    const file = { path: "v", bytes: new TextEncoder().encode(both) };
    const selectors = { v: parseSelector("data.v"), m: parseSelector("more") };
    expect(readScalars(file, undefined, selectors)).toEqual({ v: "y", m: "z" });
  });

  it.each<[DocumentFilter, string]>([
    [{ kind: "ConfigMap", name: "a" }, "x"],
    [{ name: "b" }, "y"],
    [{ kind: undefined, name: "b" }, "y"],
  ])("is read in the document %j", (filter, value) => {
    expect(read(both, "data.v", filter)).toBe(value);
    expect(read(`[1]\n---\n${both}`, "data.v", filter)).toBe(value);
  });

  it.each<[string, string, DocumentFilter | undefined, string, string]>([
    [both, "data.v", undefined, "POINTER_AMBIGUOUS", "values.yaml:7:11: data.v: the documents 1 and 2 both match"],
    [both, "data.v", {}, "POINTER_AMBIGUOUS", "the documents 1 and 2 both match"],
    [both, "data.v", { kind: "ConfigMap" }, "POINTER_AMBIGUOUS", "the documents 1 and 2 both match"],
    [
      both,
      "data.v",
      { kind: "Secret" },
      "POINTER_NOT_FOUND",
      "no document of kind Secret; there are ConfigMap a, ConfigMap b",
    ],
    [one, "data.v", { name: "b" }, "POINTER_NOT_FOUND", "no document named b; there is ConfigMap a"],
    [
      "a: 1",
      "a",
      { kind: "K", name: "b" },
      "POINTER_NOT_FOUND",
      "no document of kind K named b; there is no kind no name",
    ],
    [both, "data.w", undefined, "POINTER_NOT_FOUND", 'data has no key "w" (in document 1, the nearest of 2)'],
    [both, "mode", undefined, "POINTER_NOT_FOUND", "the document has no key"],
    ["kind: &k A\n---\nkind: *k\n", "kind", { kind: "A" }, "POINTER_FILE_INVALID", "the alias *k names no anchor"],
    ["kind: A\nkind: A\nv: 1\n", "v", { kind: "A" }, "POINTER_DUPLICATE_KEY", "kind"],
  ])("%j at %s in %j is refused with %s", async (text, selector, filter, code, problem) => {
    const { message } = await expectError(code, () => read(text, selector, filter));
    expect(message).toContain(problem);
  });
});
