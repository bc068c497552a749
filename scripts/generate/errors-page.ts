/** `docs/reference/errors.md`: every code that an area of the library defines. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ErrorArea, type ErrorFamily, exitStatus } from "../../src/errors/index.ts";
import { findFiles } from "../find-files.ts";
import { cell, markdownTable } from "./markdown.ts";
import { generatedNote } from "./reference.ts";

export type AnyErrorArea = Pick<ErrorArea<string>, "area" | "definitions">;

const families: Readonly<Record<ErrorFamily, string>> = {
  configuration: "The caller must change something before running again.",
  refused: "Everything worked, and the answer is no.",
  temporary: "The same call may succeed later, unchanged.",
  bug: "Slipway is wrong; please report it.",
};

/** All areas: the `errors.ts` of every folder of the library, what refuses evidence, then of every step, sorted by path. */
export async function errorAreas(root: string): Promise<readonly AnyErrorArea[]> {
  const library = await findFiles(root, ["src/**/errors.ts", "src/**/refusals.ts"]);
  const steps = await findFiles(root, ["actions/*/errors.ts"]);
  const modules = await Promise.all(
    [...library, ...steps].map(
      (file): Promise<Record<string, unknown>> => import(pathToFileURL(join(root, file)).href),
    ),
  );
  return modules.flatMap((module) => Object.values(module).filter(isErrorArea));
}

/** @throws Error when two areas define the same code */
export function errorsPage(areas: readonly AnyErrorArea[]): string {
  const owners = new Map<string, string>();
  for (const { area, definitions } of areas) {
    for (const code of Object.keys(definitions)) {
      const owner = owners.get(code);
      if (owner !== undefined)
        throw new Error(`the error code ${code} is defined twice: in "${owner}" and in "${area}"`);
      owners.set(code, area);
    }
  }
  const familyRows = Object.entries(families).map(([family, meaning]) => [
    family,
    String(exitStatus[family as ErrorFamily]),
    meaning,
  ]);
  return `${generatedNote("the errors.ts files of src/ and actions/")}

# Errors

A step that fails ends with the exit status of the error's family, and shows its code, one line of what happened, and
what to do about it.

${markdownTable(["Family", "Exit status", "What it means"], familyRows)}

${areas.map(areaSection).join("\n\n")}
`;
}

function areaSection({ area, definitions }: AnyErrorArea): string {
  const rows = Object.entries(definitions).map(([code, { family, meaning, remedy }]) => [
    `<a id="${code.toLowerCase()}"></a>\`${code}\``,
    `${family} (${exitStatus[family]})`,
    cell(meaning),
    cell(remedy),
  ]);
  return `## ${area}\n\n${markdownTable(["Code", "Family", "When", "Remedy"], rows)}`;
}

function isErrorArea(value: unknown): value is AnyErrorArea {
  return typeof value === "function" && "area" in value && "definitions" in value;
}
