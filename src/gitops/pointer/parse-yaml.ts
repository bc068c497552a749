import { Composer, type CST, type Document, Lexer, Parser } from "yaml";

/** YAML in its concrete form: every sign of the text is in it. */
export interface ParsedYaml {
  readonly tokens: readonly CST.Token[];
  /** All comments in their order, with their `#`. */
  readonly comments: readonly string[];
  readonly length: number;
}

export interface YamlProblem {
  readonly kind: "too-large" | "syntax";
  /** Character at which it starts. */
  readonly offset: number;
  readonly text: string;
}

type OrProblem<T> = { readonly made: T; readonly problem?: never } | { readonly problem: YamlProblem };

/** Bound the time and the memory of composing, which keeps an error object for each sign that is wrong. */
const maxLexemes = 400_000;
const maxDocuments = 1000;
/** Bounds the stack of what is recursive. Definitions of Kubernetes resources reach 40. */
const maxDepth = 100;

/** The lexer says with this lexeme that the next one is a scalar. */
const scalarFollows = "\x1f";

/** Parses a text of any number of YAML documents in bounded time and stack. */
export function parseYaml(text: string): OrProblem<ParsedYaml> {
  const tokens: CST.Token[] = [];
  const comments: string[] = [];
  const parser = new Parser();
  let lexemes = 0;
  let documents = 0;
  const keep = (token: CST.Token) => {
    tokens.push(token);
    if (token.type === "document") documents += 1;
  };
  const excess = (): { problem: YamlProblem } | undefined => {
    const text = excessOf(lexemes, documents, parser.stack.length - 1);
    return text === undefined ? undefined : { problem: { kind: "too-large", offset: parser.offset, text } };
  };
  let before = "";
  for (const lexeme of new Lexer().lex(text)) {
    if (before !== scalarFollows && lexeme.startsWith("#")) comments.push(lexeme);
    before = lexeme;
    lexemes += 1;
    for (const token of parser.next(lexeme)) keep(token);
    const exceeded = excess();
    if (exceeded !== undefined) return exceeded;
  }
  for (const token of parser.end()) keep(token);
  return excess() ?? { made: { tokens, comments, length: text.length } };
}

function excessOf(lexemes: number, documents: number, depth: number): string | undefined {
  if (lexemes > maxLexemes) return `there are more than ${maxLexemes} words and signs up to here`;
  if (documents > maxDocuments) return `there are more than ${maxDocuments} documents up to here`;
  if (depth > maxDepth) return `lists and mappings are nested more than ${maxDepth} deep here`;
  return undefined;
}

/**
 * Composes nodes under the rules of one version of YAML, whatever version the file itself asks for.
 * Aliases are not resolved, and keys not compared. At least one document comes out, if only an empty one.
 */
export function composeYaml(yaml: ParsedYaml, version: "1.1" | "1.2"): OrProblem<readonly Document.Parsed[]> {
  const schema = version === "1.1" ? "yaml-1.1" : "core";
  // The library compares every key with every other; duplicates are looked for on the way of a selector only.
  const options = { version, schema, uniqueKeys: false, prettyErrors: false, resolveKnownTags: false } as const;
  const documents = [...new Composer(options).compose(yaml.tokens, true, yaml.length)];
  const [error] = documents.flatMap(({ errors }) => errors).toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error === undefined) return { made: documents };
  // What the library quotes from the file may be long, and secret.
  const said = error.message.replace(/: ".*/s, "").replace(/\s+/g, " ").trim();
  const text = `not YAML ${version}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  return { problem: { kind: "syntax", offset: Math.min(error.pos[0], yaml.length), text } };
}
