/** The value of a JSON text, or why there is none. */
export type PythonJson =
  | { readonly value: unknown; readonly problem?: never }
  | { readonly value?: never; readonly problem: string };

/** Results of a harness are about ten deep. */
const maxDepth = 64;

/** Bounds the time; a report of a whole suite has some hundred thousand. */
const maxTokens = 5_000_000;

const notFinite = /^(?:NaN|-?Infinity)$/;

/** True for what a bare `NaN`, `Infinity` or `-Infinity` became. */
export function isNotFinite(value: unknown): boolean {
  return typeof value === "string" && notFinite.test(value);
}

/**
 * Parses JSON as Python's `json` writes it: RFC 8259, and bare `NaN`, `Infinity` and `-Infinity`, which become the
 * texts of that name. Refuses a key that stands twice in one object, and nesting deeper than 64.
 */
export function parsePythonJson(text: string): PythonJson {
  const { json, problem } = toJson(text);
  if (problem !== undefined) return { problem };
  try {
    return { value: JSON.parse(json) };
  } catch (error) {
    return { problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

type Rewritten =
  | { readonly json: string; readonly problem?: never }
  | { readonly json?: never; readonly problem: string };

/** Looks at tokens only: whatever else is wrong with the text is still wrong with the result. */
function toJson(text: string): Rewritten {
  const token = /["{}[\]]|[^\s,:"{}[\]]+/g;
  /** The keys of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let json = "";
  let copied = 0;
  let tokens = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [sign] = match;
    tokens += 1;
    if (tokens > maxTokens) return { problem: `it has more than ${maxTokens} values and brackets` };
    if (sign === '"') {
      token.lastIndex = endOfText(text, match.index);
      const keys = open.at(-1);
      if (keys === undefined || !isKey(text, token.lastIndex)) continue;
      const key = unescaped(text.slice(match.index, token.lastIndex));
      if (keys.has(key)) return { problem: `the key ${JSON.stringify(key.slice(0, 100))} stands twice in one object` };
      keys.add(key);
    } else if (sign === "{" || sign === "[") {
      if (open.push(sign === "{" ? new Set() : undefined) > maxDepth)
        return { problem: `it is nested more than ${maxDepth} deep` };
    } else if (sign === "}" || sign === "]") {
      open.pop();
    } else if (notFinite.test(sign) && !isKey(text, token.lastIndex)) {
      json += `${text.slice(copied, match.index)}"${sign}"`;
      copied = token.lastIndex;
    }
  }
  return { json: copied === 0 ? text : json + text.slice(copied) };
}

/** The index after the quote that ends a text; searched, since a pattern would need a stack for a long text. */
function endOfText(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text.charAt(quote - 1 - escapes) === "\\") escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  const colon = /\s*:/y;
  colon.lastIndex = end;
  return colon.test(text);
}

/** Keys are compared as they are read: an escape is another spelling of the same key. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
