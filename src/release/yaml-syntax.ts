import { Composer, type Document, Lexer, Parser, type YAMLError, type YAMLParseError } from "yaml";

/** Something that makes a text unusable before its values are looked at. */
export interface YamlProblem {
  readonly kind: "too-large" | "empty" | "syntax" | "unsupported" | "duplicate";
  /** Character at which it starts. */
  readonly offset: number;
  readonly text: string;
}

/** Bounds the time to parse; a description of a release has a few hundred. */
const maxLexemes = 100_000;
/** Bounds the stack of what is recursive: composing and reading. A description of a release is six deep. */
const maxDepth = 64;

export type ComposedYaml =
  | { readonly document: Document.Parsed; readonly problems?: never }
  | { readonly document?: never; readonly problems: readonly YamlProblem[] };

/**
 * Parses one YAML 1.2 document into nodes, without resolving aliases and without checking keys.
 * Takes bounded time and stack for any text.
 */
export function composeYaml(text: string): ComposedYaml {
  const tokens = [];
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    lexemes += 1;
    if (lexemes > maxLexemes) {
      return refusal("too-large", parser.offset, `there are more than ${maxLexemes} words and signs up to here`);
    }
    if (parser.stack.length > maxDepth) {
      return refusal("unsupported", parser.offset, `lists and mappings are nested more than ${maxDepth} deep here`);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  // Duplicate keys are found by the reader: the library compares every key with every other.
  const options = { schema: "core", uniqueKeys: false, prettyErrors: false, resolveKnownTags: false } as const;
  const documents = [...new Composer(options).compose(tokens, true, text.length)];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) return { problems: onePerLine(errors, text) };
  const [document, second] = documents;
  if (second !== undefined) {
    return refusal("unsupported", second.range[0], "a second YAML document starts here; there may be only one");
  }
  if (document === undefined) return refusal("empty", 0, "the file is empty");
  const version = document.directives?.yaml;
  if (version?.explicit === true && version.version !== "1.2") {
    return refusal(
      "unsupported",
      text.indexOf("%YAML"),
      "the file asks for YAML 1.1, and only 1.2 is read; remove the line",
    );
  }
  const [warning] = document.warnings;
  if (warning !== undefined) {
    const what =
      warning.code === "TAG_RESOLVE_FAILED"
        ? 'this tag ("!…") does not go with its value; only plain values are read'
        : explain(warning);
    return refusal("unsupported", warning.pos[0], what);
  }
  return { document };
}

function refusal(kind: YamlProblem["kind"], offset: number, text: string): ComposedYaml {
  return { problems: [{ kind, offset, text }] };
}

/** One wrong sign often makes the library report several errors about its line; the first says it best. */
function onePerLine(errors: readonly YAMLParseError[], text: string): YamlProblem[] {
  const problems: YamlProblem[] = [];
  let lineEnd = -1;
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const offset = Math.min(error.pos[0], text.length);
    if (offset <= lineEnd) continue;
    problems.push({ kind: "syntax", offset, text: explain(error) });
    const next = text.indexOf("\n", offset);
    lineEnd = next < 0 ? text.length : next;
  }
  return problems;
}

const explanations: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "this line is indented with a tab; YAML takes spaces only",
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " stands in this line; put the value in quotes if it belongs to the text',
  MULTILINE_IMPLICIT_KEY: 'this line has no ": " after a key; is a colon or a quote missing?',
  BAD_ALIAS: 'a text that starts with "*" or "&" needs quotes',
  BAD_SCALAR_START: "a text cannot start with this sign; put it in quotes",
  BAD_INDENT: "the indentation of this line fits nothing above it",
};

function explain(error: YAMLError): string {
  const known = explanations[error.code];
  if (known !== undefined) return known;
  const message = error.message.replace(/\s+/g, " ").trim();
  return `not YAML 1.2: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
