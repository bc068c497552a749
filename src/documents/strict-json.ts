/** How large a JSON text may be inside; its length is for the reader of the bytes to bound. */
export interface JsonLimits {
  /** Objects and arrays inside each other. */
  readonly depth: number;
  /** Values of all kinds together. */
  readonly values: number;
}

/** Far more than any statement or bundle has. */
const usualLimits: JsonLimits = { depth: 64, values: 500_000 };

/** A JSON text that every reader understands alike, or why it is not one. */
export type StrictJson = { readonly value: unknown } | { readonly problem: string };

/**
 * Parses JSON (RFC 8259) of which every reader sees the same: UTF-8, no member twice in one object (section 4 leaves
 * open which one counts), and neither deep nor wide enough to exhaust a reader.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits = usualLimits): StrictJson {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "it is not UTF-8" };
  }
  // Before it is parsed: the parser would build all of it.
  const problem = shapeProblem(text, limits);
  if (problem !== undefined) return { problem };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: "it is not JSON" };
  }
}

/** One object or array that the scan is in. */
type Level = { readonly members: Set<string> | undefined };

const quote = 0x22;
const backslash = 0x5c;

/** Goes through a text once. What is no JSON at all is left to the parser to refuse. */
function shapeProblem(text: string, { depth, values }: JsonLimits): string | undefined {
  const levels: Level[] = [];
  let count = 0;
  /** Whether a string at this place is the name of a member. */
  let naming = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    switch (code) {
      case quote: {
        const end = endOfString(text, at);
        if (end === undefined) return "it is not JSON";
        const members = levels.at(-1)?.members;
        if (naming && members !== undefined) {
          const name = nameIn(text.slice(at, end + 1));
          if (name === undefined) return "it is not JSON";
          if (members.has(name)) return `it has the member "${name.slice(0, 40)}" twice in one object`;
          members.add(name);
          naming = false;
        }
        at = end;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        naming = code === 0x7b;
        levels.push({ members: naming ? new Set() : undefined });
        if (levels.length > depth) return `it is nested more than ${depth} deep`;
        count += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        levels.pop();
        naming = false;
        break;
      case 0x2c: // ,
        naming = levels.at(-1)?.members !== undefined;
        count += 1;
        break;
    }
    if (count > values) return `it has more than ${values} values`;
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return undefined;
}

/** A name as the parser reads it: "a" and "\u0061" are one. */
function nameIn(literal: string): string | undefined {
  try {
    const name: unknown = JSON.parse(literal);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
