import { closest, distance } from "fastest-levenshtein";

/** The name that was probably meant; undefined when none is near enough. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || text.length > 64) return undefined;
  const near = closest(text, [...known]);
  return distance(text, near) <= Math.max(1, Math.floor(near.length / 3)) ? near : undefined;
}
