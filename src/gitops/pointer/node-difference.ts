import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Scalar } from "yaml";
import type { Change } from "./change.ts";

/** What shall become of a node: a new text, or of nodes below it by their place among its items. */
interface Intention {
  readonly value?: string;
  readonly below: Map<number, Intention>;
}

/** The changes to one document of a file. */
export function intentionOf(document: number, changes: readonly Change[]): Intention {
  const root: Intention = { below: new Map() };
  for (const { path, value } of changes) {
    let at = root;
    for (const [depth, step] of [document, ...path].entries()) {
      const below = at.below.get(step) ?? { below: new Map(), ...(depth === path.length ? { value } : {}) };
      at.below.set(step, below);
      at = below;
    }
  }
  return root;
}

/**
 * Compares the documents of two versions of a file: all must be the same but for the intended scalars, and those must
 * be strings with the intended texts. Aliases are compared by name, so nothing is read twice.
 *
 * @returns the first thing that is not as intended, to follow "read as YAML 1.2, "
 */
export function differenceOf(
  old: readonly Document.Parsed[],
  now: readonly Document.Parsed[],
  intended: Intention,
): string | undefined {
  if (old.length !== now.length) return "the number of documents changes";
  return firstDefined(old, (document, index) =>
    compare(document.contents, now[index]?.contents, intended.below.get(index)),
  );
}

function compare(old: unknown, now: unknown, intended: Intention | undefined): string | undefined {
  if (isPair(old) && isPair(now)) {
    return compare(old.key, now.key, undefined) ?? compare(old.value, now.value, intended);
  }
  if (intended?.value !== undefined) return compareChanged(old, now, intended.value);
  if (isScalar(old) && isScalar(now)) return sameScalar(old, now) ? undefined : "another value changes";
  if (isAlias(old) && isAlias(now)) return old.source === now.source ? undefined : "an alias changes";
  const collections = (isMap(old) && isMap(now)) || (isSeq(old) && isSeq(now));
  if (!collections) return old === null && now === null ? undefined : "a value becomes another kind of value";
  if (!sameProperties(old, now)) return "an anchor or a tag changes";
  if (old.items.length !== now.items.length) return "the number of items or keys changes";
  return firstDefined<unknown>(old.items, (item, index) => compare(item, now.items[index], intended?.below.get(index)));
}

function compareChanged(old: unknown, now: unknown, value: string): string | undefined {
  if (!isScalar(old) || !isScalar(now)) return "the value is no scalar";
  if (!sameProperties(old, now)) return "the value's anchor or tag changes";
  return now.value === value ? undefined : "the value is not the text that was to be written";
}

/** The resolved values of the rarer types are objects, which print what they hold. */
function sameScalar(old: Scalar, now: Scalar): boolean {
  const sameValue = Object.is(old.value, now.value) || String(old.value) === String(now.value);
  return sameValue && typeof old.value === typeof now.value && old.source === now.source && sameProperties(old, now);
}

interface Properties {
  readonly anchor?: string | undefined;
  readonly tag?: string | undefined;
}

function sameProperties(old: Properties, now: Properties): boolean {
  return old.anchor === now.anchor && old.tag === now.tag;
}

function firstDefined<T>(items: readonly T[], find: (item: T, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
