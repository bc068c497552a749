/** What a value is, in the words of error texts. */
export type SpotKind = "text" | "number" | "boolean" | "nothing" | "list" | "mapping";

/** Where a value stands in a file and how it is written there; leads to the values inside it. */
export interface Spot {
  /** Character at which the value starts; 0 where positions are not known. */
  readonly offset: number;
  /** Character at which the value's key starts; absent for list items and for the whole file. */
  readonly keyOffset: number | undefined;
  readonly kind: SpotKind;
  /** A scalar as it is written: `1.10`, where its value is 1.1. Empty for lists and mappings. */
  readonly source: string;
  child(step: PropertyKey): Spot | undefined;
}

/** The spot of a value that came without positions, such as parsed JSON. */
export function spotOf(value: unknown): Spot {
  const kind = kindOf(value);
  return {
    offset: 0,
    keyOffset: undefined,
    kind,
    source: kind === "list" || kind === "mapping" ? "" : String(value),
    child(step) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      return spotOf(Reflect.get(value, step));
    },
  };
}

export function kindOf(value: unknown): SpotKind {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "mapping";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "boolean" : "number";
}

/** Line and column of a character, both from 1, as editors count them. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
