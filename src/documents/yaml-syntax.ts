import { Composer, type Document, Lexer, Parser, type YAMLError } from "yaml";

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
  const open = new OpenSigns();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    open.see(lexeme, parser.offset);
    for (const token of parser.next(lexeme)) tokens.push(token);
    lexemes += 1;
    if (lexemes > maxLexemes) {
      return refusal("too-large", parser.offset, `there are more than ${maxLexemes} words and signs up to here`);
    }
    // The document itself is on the stack, too.
    if (parser.stack.length > maxDepth + 1) {
      return refusal("unsupported", parser.offset, `lists and mappings are nested more than ${maxDepth} deep here`);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  // Duplicate keys are found by the reader: the library compares every key with every other.
  const options = { schema: "core", uniqueKeys: false, prettyErrors: false, resolveKnownTags: false } as const;
  const documents = [...new Composer(options).compose(tokens, true, text.length)];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) return { problems: syntaxProblems(errors, open.unclosed(errors), text) };
  const [document, second] = documents;
  if (document === undefined) return refusal("empty", 0, "there is nothing here");
  if (second !== undefined) {
    return refusal("unsupported", second.range[0], "a second YAML document starts here; there may be only one");
  }
  const version = document.directives?.yaml;
  if (version?.explicit === true && version.version !== "1.2") {
    return refusal(
      "unsupported",
      text.indexOf("%YAML"),
      "the file asks for YAML 1.1, and only 1.2 is read; remove the line",
    );
  }
  const [warning] = document.warnings;
  return warning === undefined ? { document } : refusal("unsupported", warning.pos[0], explain(warning, text));
}

/** Where brackets and quotes are opened: the library reports one that stays open at the end of the file only. */
class OpenSigns {
  readonly #brackets: number[] = [];
  #quote: number | undefined;

  see(lexeme: string, offset: number): void {
    if (lexeme === "[" || lexeme === "{") this.#brackets.push(offset);
    else if (lexeme === "]" || lexeme === "}") this.#brackets.pop();
    // A quoted text that is not closed reaches to the end, so no other comes after it.
    else if (lexeme.startsWith('"') || lexeme.startsWith("'")) this.#quote = offset;
  }

  unclosed(errors: readonly YAMLError[]): number | undefined {
    return errors.some(({ message }) => /^Missing closing ["']quote/.test(message)) ? this.#quote : this.#brackets[0];
  }
}

function refusal(kind: YamlProblem["kind"], offset: number, text: string): ComposedYaml {
  return { problems: [{ kind, offset, text }] };
}

/**
 * One wrong sign often makes the library report several errors about its line, of which the first says it best; and
 * after a bracket or quote that is never closed nothing that it reports can be relied on.
 */
function syntaxProblems(errors: readonly YAMLError[], unclosed: number | undefined, text: string): YamlProblem[] {
  const problems: YamlProblem[] = [];
  let lineEnd = -1;
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const offset = Math.min(error.pos[0], text.length);
    if (offset <= lineEnd) continue;
    if (unclosed !== undefined && offset >= unclosed) break;
    problems.push({ kind: "syntax", offset, text: explain(error, text) });
    lineEnd = endOfLine(text, offset);
  }
  if (unclosed === undefined) return problems;
  return [
    ...problems,
    { kind: "syntax", offset: unclosed, text: `the ${text.charAt(unclosed)} that opens here is never closed` },
  ];
}

const noColon = 'this line has no ": " after a key; is a colon missing?';

const explanations: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "this line is indented with a tab; YAML takes blanks only",
  MULTILINE_IMPLICIT_KEY: noColon,
  BAD_ALIAS: 'a text that starts with "*" or "&" needs quotes',
  BAD_SCALAR_START: "a text that starts with this sign needs quotes",
  BAD_INDENT: "the indentation of this line fits nothing above it",
};

function explain({ code, message, pos: [offset] }: YAMLError, text: string): string {
  const rest = text.slice(offset, endOfLine(text, offset));
  if (code === "BLOCK_AS_IMPLICIT_KEY") {
    return /:(?:\s|$)/.test(rest)
      ? 'a second ": " stands in this line; put the value in quotes if it belongs to the text'
      : "the line below is indented further than this key, as if it belonged to this value";
  }
  if (code === "TAG_RESOLVE_FAILED")
    return `the tag ${/^\S{0,60}/.exec(rest)?.[0]} cannot be used here; write the value without it`;
  if (code === "MISSING_CHAR" && message.startsWith("Implicit")) return noColon;
  const known = explanations[code];
  if (known !== undefined) return known;
  const line = message.replace(/\s+/g, " ").trim();
  return `not YAML 1.2: ${line.charAt(0).toLowerCase()}${line.slice(1)}`;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}
