import type { Selector } from "./selector.ts";

/** One scalar that is written anew. */
export interface Change {
  readonly selector: Selector;
  /** What the scalar shall be. */
  readonly value: string;
  /** The scalar's place among the items of the mapping or list at each step from the document's root. */
  readonly path: readonly number[];
  /** Characters of the old text that are replaced; an empty range where a value is inserted. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** @param changes in the order of the text */
export function applyChanges(text: string, changes: readonly Change[]): string {
  let changed = "";
  let from = 0;
  for (const { start, end, replacement } of changes) {
    changed += text.slice(from, start) + replacement;
    from = end;
  }
  return changed + text.slice(from);
}
