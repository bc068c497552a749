import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { editScalars, parseSelector } from "../../src/gitops/pointer/index.ts";
import { type YamlEdit, yamlEdit } from "../support/yaml-source.ts";

/*
 * Pointers that Slipway set in YAML files are read by PyYAML, and by libyaml where PyYAML has it: YAML 1.1, as in the
 * tools written in Python, and in C and Go.
 */

const program = fileURLToPath(new URL("support/read_edits.py", import.meta.url));

/** Random each time; what fails is shown in full. */
const generated = 2500;

it("readers of YAML 1.1 see the text that was set, and everything else as before", () => {
  const edits = fc.sample(yamlEdit({ portable: true }), generated).flatMap((edit) => editedBy(edit) ?? []);
  expect(edits.length).toBeGreaterThan(2000);
  const { status, stdout, stderr, error } = spawnSync("python3", [program], {
    input: edits.map((edit) => `${JSON.stringify(edit)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw new Error(`python3 cannot be started: ${error.message}`, { cause: error });
  expect(stderr.trim()).toBe("");
  expect(status).toBe(0);
  const lines = stdout.trim().split("\n");
  const problems = lines.slice(0, -1).map((line) => [line, edits[Number(JSON.parse(line).line) - 1]]);
  expect(problems.slice(0, 3)).toEqual([]);
  expect(lines.at(-1)).toContain(`["PyYAML", ${edits.length}]`);
});

interface Edited {
  readonly before: string;
  readonly after: string;
  readonly document: number;
  readonly changes: readonly { readonly path: readonly (string | number)[]; readonly value: string }[];
}

/** @returns undefined when nothing is to be changed, or an alias forbids it */
function editedBy({ source, edits }: YamlEdit): Edited | undefined {
  const changing = edits.filter(({ target, value }) => target.text !== value);
  if (changing.length === 0 || changing.some(({ target }) => target.aliased)) return undefined;
  const bytes = editScalars(
    { path: "values.yaml", bytes: new TextEncoder().encode(source.text) },
    source.filter,
    changing.map(({ target, value }) => ({ selector: parseSelector(target.selector), value })),
  );
  return {
    before: source.text,
    after: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    document: source.document,
    changes: changing.map(({ target: { path }, value }) => ({ path, value })),
  };
}
