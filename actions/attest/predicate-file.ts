import { parseDocument } from "../../src/documents/index.ts";
import { attestError } from "./errors.ts";
import type { Members } from "./given.ts";

/** As deep as YAML is read. */
const deepest = 64;

/**
 * The members of a predicate's file.
 *
 * @param text JSON or YAML
 * @param place names the file in messages
 * @param byMachine that another program writes such files: they are JSON, and may be too long to be read as YAML, which
 *   looks for what people get wrong
 * @throws SlipwayError PREDICATE_UNREADABLE, PREDICATE_INVALID
 */
export function membersOf(text: string, place: string, byMachine: boolean): Members {
  const value = (byMachine ? parseJson(text) : undefined) ?? parseDocument(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw attestError("PREDICATE_UNREADABLE", `${place} does not hold a mapping of names to values in JSON or YAML`);
  }
  const problem = unwritable(value, []);
  if (problem !== undefined) throw attestError("PREDICATE_INVALID", `${place}: ${problem}`);
  return { ...value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** What JSON would carry as something else, or not at all. */
function unwritable(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) {
    return `${path.join(".")}: the number ${value} is one that JSON's readers change; write it as a text`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length === deepest) return `${path[0]}: lists and mappings are nested more than ${deepest} deep`;
  for (const [name, child] of Object.entries(value)) {
    const problem = unwritable(child, [...path, name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
