import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { keysAt, pathsOf } from "./json-schema.ts";
import type { Spot } from "./spot.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** One thing that is wrong with data, as a line that says where, what was expected and what was found. */
export interface SchemaProblem {
  readonly kind: "unknown-key" | "invalid";
  readonly path: Path;
  /** Character at which it stands; for what is missing, the start of the mapping that lacks it. */
  readonly offset: number;
  readonly text: string;
}

export interface Wording {
  /** Spot of the whole data. */
  readonly root: Spot;
  /** JSON Schema of the data; asked for only when a key is unknown. */
  readonly schema: () => Record<string, unknown>;
  /** What to write in place of an unquoted number where text belongs; the default is the number in quotes. */
  readonly textFor?: (path: Path, number: string) => string | undefined;
}

/** More are not worded; nobody reads them. */
const mostWorded = 200;
const longestShown = 60;

/** Puts the issues of a schema into words, one problem for each place, in the order of the file. */
export function schemaProblems(issues: readonly Issue[], wording: Wording): SchemaProblem[] {
  const unknown = issues
    .filter((issue) => issue.code === "unrecognized_keys")
    .flatMap((issue) => unknownKeys(issue, wording));
  const suggested = new Set(unknown.map(({ parent, suggestion }) => pathKey([...parent, suggestion ?? ""])));
  const problems: SchemaProblem[] = unknown.map(({ problem }) => problem);
  const seen = new Set<string>();
  for (const issue of issues) {
    const key = pathKey(issue.path);
    // A key under a misspelt name is not missing, and one problem says enough about one value.
    if (
      issue.code === "unrecognized_keys" ||
      seen.has(key) ||
      (suggested.has(key) && at(wording.root, issue.path) === undefined)
    )
      continue;
    seen.add(key);
    problems.push(describe(issue, wording));
    if (problems.length > mostWorded) break;
  }
  return problems.sort((a, b) => a.offset - b.offset);
}

/** `variants.jetson.deployment.targets[1]`; empty for the whole. */
export function showPath(path: Path): string {
  return path.reduce<string>(
    (shown, step) =>
      typeof step === "number" ? `${shown}[${step}]` : `${shown}${shown === "" ? "" : "."}${shorten(String(step))}`,
    "",
  );
}

function describe(issue: Issue, wording: Wording): SchemaProblem {
  const { root } = wording;
  const path = issue.path;
  const name = path.length === 0 ? "the file" : showPath(path);
  const spot = at(root, path);
  if (spot === undefined) {
    const offset = at(root, path.slice(0, -1))?.offset ?? root.offset;
    return { kind: "invalid", path, offset, text: `${name} is missing; it must be ${issue.message}` };
  }
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0]?.message ?? "another name";
    const text = `the name "${shorten(String(path.at(-1)))}" in ${showPath(path.slice(0, -1))} must be ${expected}`;
    return { kind: "invalid", path, offset: spot.keyOffset ?? spot.offset, text };
  }
  if (spot.kind === "nothing") {
    const text = `${name} has no value; it must be ${issue.message}`;
    return { kind: "invalid", path, offset: spot.keyOffset ?? spot.offset, text };
  }
  return { kind: "invalid", path, offset: spot.offset, text: sayWrong(issue, name, spot, wording) };
}

function sayWrong(issue: Issue, name: string, spot: Spot, { textFor }: Wording): string {
  if (issue.code === "custom" && issue.params?.["expectation"] !== true)
    return withoutCredentials(`${name} ${issue.message}`);
  if (issue.code === "invalid_type" && issue.expected === "string" && spot.kind === "number") {
    const quoted = textFor?.(issue.path, spot.source) ?? spot.source;
    return `${name} is the number ${shorten(spot.source)}, not text; write it in quotes: "${shorten(quoted)}"`;
  }
  return `${name} must be ${issue.message}; found ${found(spot)}`;
}

function found({ kind, source }: Spot): string {
  if (kind === "list" || kind === "mapping") return `a ${kind}`;
  if (kind === "number") return `the number ${shorten(source)}`;
  if (kind !== "text") return source;
  if (source === "") return "empty text";
  const shown = JSON.stringify(shorten(withoutCredentials(source)));
  return source.length > longestShown ? `${source.length} characters, ${shown}` : shown;
}

interface UnknownKey {
  readonly parent: Path;
  readonly suggestion: string | undefined;
  readonly problem: SchemaProblem;
}

function unknownKeys(issue: Issue & { code: "unrecognized_keys" }, wording: Wording): UnknownKey[] {
  const schema = wording.schema();
  const known = keysAt(schema, issue.path);
  const parent = at(wording.root, issue.path);
  return issue.keys.slice(0, mostWorded).map((key) => {
    const suggestion = nearestKey(key, known);
    const place = issue.path.length === 0 ? "" : ` in ${showPath(issue.path)}`;
    const text = `unknown key "${shorten(key)}"${place}; ${advice(key, suggestion, known, schema)}`;
    const spot = parent?.child(key);
    const path = [...issue.path, key];
    return {
      parent: issue.path,
      suggestion,
      problem: { kind: "unknown-key", path, offset: spot?.keyOffset ?? spot?.offset ?? 0, text },
    };
  });
}

function advice(key: string, suggestion: string | undefined, known: readonly string[], schema: unknown): string {
  if (suggestion !== undefined) return `did you mean "${suggestion}"?`;
  const elsewhere = pathsOf(schema, key).slice(0, 2);
  return elsewhere.length > 0 ? `it belongs to ${elsewhere.join(" or ")}` : `known keys are ${known.join(", ")}`;
}

function nearestKey(key: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || key.length > longestShown) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = closest(plain(key), known.map(plain));
  if (distance(plain(key), near) > Math.max(1, Math.floor(near.length / 3))) return undefined;
  return known.find((candidate) => plain(candidate) === near);
}

function at(root: Spot, path: Path): Spot | undefined {
  return path.reduce<Spot | undefined>((spot, step) => spot?.child(step), root);
}

function pathKey(path: Path): string {
  return JSON.stringify(path.map(String));
}

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}

/** Error texts end up in logs. */
function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/\s]*@/g, "://…@");
}
