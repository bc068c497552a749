import { closest, distance } from "fastest-levenshtein";
import type * as z from "zod";
import { keysAt, pathsOf } from "./json-schema.ts";
import type { Spot } from "./spot.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** One thing that is wrong with data. */
export interface SchemaProblem {
  readonly kind: "unknown-key" | "invalid";
  /** Character at which it stands; for what is missing, the start of the mapping that lacks it. */
  readonly offset: number;
  /** One line: where, what was expected and what was found. */
  readonly say: () => string;
}

export interface Wording {
  /** Spot of the whole data. */
  readonly root: Spot;
  /** JSON Schema of the data; asked for only when a key is unknown. */
  readonly schema: () => Record<string, unknown>;
  /** What to write in place of an unquoted number where text belongs; the default is the number in quotes. */
  readonly textFor?: (path: Path, number: string) => string | undefined;
}

const longestShown = 60;

/** Puts the issues of a schema into words, one problem for each place, in the order of the file. */
export function schemaProblems(issues: readonly Issue[], wording: Wording): SchemaProblem[] {
  const { root } = wording;
  const unknown = issues
    .filter((issue) => issue.code === "unrecognized_keys")
    .flatMap((issue) => unknownKeys(issue, wording));
  // What stands under a misspelt name is not missing, and one problem says enough about one value.
  const settled = new Set(
    unknown.flatMap(({ meant }) => (meant === undefined || at(root, meant) ? [] : [pathKey(meant)])),
  );
  const problems: SchemaProblem[] = [...unknown];
  for (const issue of issues) {
    const key = pathKey(issue.path);
    if (issue.code === "unrecognized_keys" || settled.has(key)) continue;
    settled.add(key);
    problems.push(wrongValue(issue, wording));
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

function wrongValue(issue: Issue, wording: Wording): SchemaProblem {
  const { path } = issue;
  const spot = at(wording.root, path);
  const name = () => (path.length === 0 ? "the file" : showPath(path));
  if (spot === undefined) {
    const offset = at(wording.root, path.slice(0, -1))?.offset ?? wording.root.offset;
    return { kind: "invalid", offset, say: () => `${name()} is missing; it must be ${issue.message}` };
  }
  const { offset, keyOffset = offset } = spot;
  if (issue.code === "invalid_key") {
    const say = () => {
      const expected = issue.issues[0]?.message ?? "another one";
      return `the name "${shorten(String(path.at(-1)))}" in ${showPath(path.slice(0, -1))} must be ${expected}`;
    };
    return { kind: "invalid", offset: keyOffset, say };
  }
  if (spot.kind === "nothing") {
    return { kind: "invalid", offset: keyOffset, say: () => `${name()} has no value; it must be ${issue.message}` };
  }
  return { kind: "invalid", offset, say: () => sayWrong(issue, name(), spot, wording) };
}

function sayWrong(issue: Issue, name: string, spot: Spot, { textFor }: Wording): string {
  if (issue.code === "custom" && issue.params?.["expectation"] !== true)
    return withoutCredentials(`${name} ${issue.message}`);
  if (issue.code === "invalid_type" && issue.expected === "string" && spot.kind === "number") {
    const quoted = textFor?.(issue.path, spot.source) ?? spot.source;
    return `${name} must be ${issue.message}; found the number ${shorten(spot.source)}: write it in quotes, "${shorten(quoted)}"`;
  }
  return `${name} must be ${issue.message}; found ${found(spot)}`;
}

function found({ kind, source }: Spot): string {
  if (kind === "list" || kind === "mapping") return `a ${kind}`;
  if (kind === "number") {
    const inexact = /^[-+]?\d+$/.test(source) && !Number.isSafeInteger(Number(source));
    return `the number ${shorten(source)}${inexact ? ", which is too large to be kept exactly" : ""}`;
  }
  if (kind !== "text") return source;
  if (source === "") return "empty text";
  const shown = JSON.stringify(shorten(withoutCredentials(source)));
  return source.length > longestShown ? `${source.length} characters, ${shown}` : shown;
}

/** A key that does not exist; `meant` is the path of the one that probably was. */
type UnknownKey = SchemaProblem & { readonly meant: Path | undefined };

function unknownKeys({ keys, path }: Issue & { code: "unrecognized_keys" }, { root, schema }: Wording): UnknownKey[] {
  const published = schema();
  const known = keysAt(published, path);
  const parent = at(root, path);
  const place = path.length === 0 ? "" : ` in ${showPath(path)}`;
  return keys.map((key) => {
    const suggestion = nearestKey(key, known);
    const spot = parent?.child(key);
    return {
      kind: "unknown-key",
      offset: spot?.keyOffset ?? spot?.offset ?? 0,
      meant: suggestion === undefined ? undefined : [...path, suggestion],
      say: () => `unknown key "${shorten(key)}"${place}; ${advice(key, suggestion, known, published)}`,
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
  const misspelt = distance(plain(key), near) <= Math.max(1, Math.floor(near.length / 3));
  const swapped = [...plain(key)].sort().join("") === [...near].sort().join("");
  if (!misspelt && !swapped) return undefined;
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
