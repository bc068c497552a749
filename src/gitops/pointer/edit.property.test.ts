import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type YamlEdit, yamlEdit } from "../../../test/support/yaml-source.ts";
import { SlipwayError } from "../../errors/index.ts";
import { editScalars, parseSelector, readScalars } from "./index.ts";

type Edit = YamlEdit["edits"][number];

it("sets any scalar of any file, and nothing else", { timeout: 60_000 }, () => {
  const outcomes = { edited: 0, kept: 0, aliased: 0 };
  void fc.assert(
    fc.property(yamlEdit({ portable: false }), (edit) => {
      outcomes[check(edit)] += 1;
    }),
    { numRuns: 2000 },
  );
  expect(outcomes.edited).toBeGreaterThan(1500);
  expect(outcomes.kept).toBeGreaterThan(5);
  expect(outcomes.aliased).toBeGreaterThan(5);
});

function check({ source, edits }: YamlEdit): "edited" | "kept" | "aliased" {
  const file = { path: "values.yaml", bytes: new TextEncoder().encode(source.text) };
  const selectors = source.targets.map(({ selector }) => [selector, parseSelector(selector)] as const);
  const texts = source.targets.map(({ selector, text }) => [selector, text] as const);
  expect(readScalars(file, source.filter, Object.fromEntries(selectors))).toEqual(Object.fromEntries(texts));

  const wanted = edits.map(({ target, value }) => ({ selector: parseSelector(target.selector), value }));
  if (edits.some(({ target }) => target.aliased)) {
    expect(codeOf(() => editScalars(file, source.filter, wanted))).toBe("POINTER_ALIASED");
    return "aliased";
  }
  const edited = editScalars(file, source.filter, wanted);
  const changing = edits.filter(({ target, value }) => target.text !== value);
  if (changing.length === 0) {
    expect(edited).toBe(file.bytes);
    return "kept";
  }
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(edited);
  expect(text).toMatch(keptAround(source.text, changing));
  for (const version of ["1.1", "1.2"] as const) confirm(source, text, changing, version);
  return "edited";
}

/** What every result looks like: the old text, with anything in one line in place of the scalars. */
function keptAround(text: string, changing: readonly Edit[]): RegExp {
  const starts = [0, ...changing.map(({ target }) => target.end)];
  const ends = [...changing.map(({ target }) => target.start), text.length];
  const kept = starts.map((start, at) => text.slice(start, ends[at]).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${kept.join("[^\\r\\n]*")}$`);
}

/** Reads both files with the library alone, and compares all that is in them once the changed scalars are set aside. */
function confirm(source: YamlEdit["source"], text: string, changing: readonly Edit[], version: "1.1" | "1.2"): void {
  const [before, after] = [documentsOf(source.text, version), documentsOf(text, version)];
  for (const { target, value } of changing) {
    expect(exchange(after[source.document], target.path)).toBe(value);
    exchange(before[source.document], target.path);
  }
  expect(isDeepStrictEqual(after, before), `documents of YAML ${version}`).toBe(true);
}

function documentsOf(text: string, version: "1.1" | "1.2"): unknown[] {
  const documents = parseAllDocuments(text, { version });
  if (!Array.isArray(documents)) throw new Error("the text has no document");
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS({ mapAsMap: true, maxAliasCount: -1 });
  });
}

/** Puts nothing at a place and returns what was there. */
function exchange(document: unknown, path: readonly (string | number)[]): unknown {
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce<unknown>((value, step) => {
    if (value instanceof Map) return value.get(step);
    return Array.isArray(value) && typeof step === "number" ? value[step] : undefined;
  }, document);
  if (holder instanceof Map) {
    const old: unknown = holder.get(last);
    holder.set(last, undefined);
    return old;
  }
  if (!Array.isArray(holder) || typeof last !== "number") throw new Error(`there is nothing at ${path.join(" ")}`);
  return holder.splice(last, 1, undefined)[0];
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SlipwayError) return error.code;
    throw error;
  }
  return "nothing thrown";
}
