import type * as z from "zod";
import { type SchemaProblem, schemaProblems, type Wording } from "./schema-problems.ts";
import { lineAndColumn, type Spot } from "./spot.ts";
import { readYamlTree, type YamlProblem } from "./yaml-tree.ts";

/** One thing that is wrong with a document, with where it stands. */
export interface DocumentProblem {
  readonly kind: YamlProblem["kind"] | SchemaProblem["kind"] | "conflict";
  /** Character at which it starts. */
  readonly offset: number;
  readonly say: () => string;
}

export interface DocumentKind<T> {
  readonly schema: z.ZodType<T>;
  readonly jsonSchema: () => Record<string, unknown>;
  readonly textFor?: NonNullable<Wording["textFor"]>;
  /** What the schema cannot say, such as names that collide; sees values that may be malformed. */
  readonly conflicts?: (value: unknown, root: Spot) => readonly DocumentProblem[];
}

/** A document's content, or all that is wrong with it in words. */
export type ReadDocument<T> =
  | { readonly content: T; readonly problem?: never }
  | {
      readonly content?: never;
      readonly problem: {
        /** The first problem's. */
        readonly kind: DocumentProblem["kind"];
        /** The first problem with file, line and column, and how many more there are. */
        readonly message: string;
        /** Every problem, when there are several. */
        readonly details: readonly string[];
      };
    };

const mostShown = 50;

/**
 * Reads a document in YAML 1.2 strictly. All problems are found together, in the order of the file.
 *
 * @param text at most `maxBytes` in UTF-8; a byte order mark is skipped
 * @param file name for messages
 */
export function readDocument<T>(
  text: string,
  file: string,
  maxBytes: number,
  { schema, jsonSchema, textFor, conflicts }: DocumentKind<T>,
): ReadDocument<T> {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    const message = `${file} is larger than ${maxBytes / 1024} KiB`;
    return { problem: { kind: "too-large", message, details: [] } };
  }
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  const { tree, problems: unreadable } = readYamlTree(content);
  const problems: DocumentProblem[] = unreadable.map(({ kind, offset, text }) => ({ kind, offset, say: () => text }));
  if (tree === undefined) return { problem: report(problems, content, file) };
  const parsed = schema.safeParse(tree.value);
  problems.push(...(conflicts?.(tree.value, tree.root) ?? []));
  if (!parsed.success) {
    const wording = { root: tree.root, schema: jsonSchema, ...(textFor === undefined ? {} : { textFor }) };
    problems.push(...schemaProblems(parsed.error.issues, wording));
  }
  if (!parsed.success || problems.length > 0) return { problem: report(problems, content, file) };
  return { content: parsed.data };
}

function report(problems: readonly DocumentProblem[], content: string, file: string) {
  const inOrder = problems.toSorted((a, b) => a.offset - b.offset);
  const lines = inOrder.slice(0, mostShown).map(({ offset, say }) => {
    const { line, column } = lineAndColumn(content, offset);
    return `${file}:${line}:${column}: ${say()}`;
  });
  const more = inOrder.length - 1;
  const hidden = inOrder.length - lines.length;
  return {
    kind: inOrder[0]?.kind ?? "invalid",
    message: `${lines[0]}${more === 0 ? "" : ` (and ${more} more)`}`,
    details: more === 0 ? [] : [...lines, ...(hidden === 0 ? [] : [`… and ${hidden} more`])],
  };
}

/** The plain data of a document that has no schema here; undefined when it is not YAML that all readers agree on. */
export function parseDocument(text: string): unknown {
  const { tree, problems } = readYamlTree(text.startsWith("\ufeff") ? text.slice(1) : text);
  return problems.length === 0 ? tree?.value : undefined;
}
