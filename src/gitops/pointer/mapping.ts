import { isAlias, isCollection, isScalar, type Pair, Scalar, type YAMLMap } from "yaml";
import type { SlipwayError } from "../../errors/index.ts";
import { brief, type PointerCode } from "./place.ts";

/** Makes the refusal of what stands at a character of the file. */
export type Refuse = (code: PointerCode, offset: number, problem: string) => SlipwayError;

/**
 * The place of the entry with a key in a mapping, if it can be told without doubt.
 *
 * @returns the index in `map.items`; undefined when the mapping has no such key
 * @throws POINTER_KEY_UNSUPPORTED, POINTER_MERGE_KEY, POINTER_DUPLICATE_KEY
 */
export function findEntry(map: YAMLMap, key: string, refuse: Refuse): number | undefined {
  const merge = map.items.findIndex(isMerge);
  refuseOpaqueKeys(map, refuse);
  const found = map.items.findIndex((pair) => nameOf(pair) === key);
  const pair = map.items[found];
  if (pair === undefined) {
    if (merge < 0) return undefined;
    const problem = `there is no key "${brief(key)}" in this mapping itself, and a merge key (<<) that may supply it`;
    throw refuse("POINTER_MERGE_KEY", keyOffset(map, merge), problem);
  }
  if (isMerge(pair)) throw refuse("POINTER_MERGE_KEY", keyOffset(map, found), "<< is a merge key here");
  refuseDuplicates(map, refuse);
  if (!isText(pair.key)) {
    throw refuse("POINTER_KEY_UNSUPPORTED", keyOffset(map, found), `the key ${brief(key)} is not text`);
  }
  if (merge > found) {
    const problem = `a merge key (<<) stands below "${brief(key)}"; some readers let it override what is above it`;
    throw refuse("POINTER_MERGE_KEY", keyOffset(map, merge), problem);
  }
  return found;
}

/**
 * The text of a scalar: its value when it is a string in YAML 1.2, and otherwise as it is written, so that the number
 * `1.10` is not 1.1.
 */
export function textOf({ value, source }: Scalar): string {
  return typeof value === "string" ? value : (source ?? "");
}

/** The keys of a mapping that are scalars, in their order. */
export function keysOf(map: YAMLMap): string[] {
  return map.items.flatMap((pair) => nameOf(pair) ?? []);
}

/** Character at which a key starts. */
export function keyOffset(map: YAMLMap, index: number): number {
  const key = map.items[index]?.key;
  const node = isScalar(key) || isAlias(key) || isCollection(key) ? key : map;
  return node.range?.[0] ?? 0;
}

function nameOf({ key }: Pair): string | undefined {
  return isScalar(key) ? textOf(key) : undefined;
}

function isText(key: unknown): boolean {
  if (!isScalar(key) || typeof key.value !== "string") return false;
  return key.tag === undefined || key.tag === "tag:yaml.org,2002:str";
}

function isMerge({ key }: Pair): boolean {
  if (!isScalar(key)) return false;
  if (key.tag !== undefined) return key.tag === "tag:yaml.org,2002:merge";
  return key.type === Scalar.PLAIN && key.source === "<<";
}

/** What an alias or a collection is as a key cannot be compared with a text. */
function refuseOpaqueKeys(map: YAMLMap, refuse: Refuse): void {
  const opaque = map.items.findIndex((pair) => !isScalar(pair.key));
  if (opaque < 0) return;
  const what = isAlias(map.items[opaque]?.key) ? "an alias" : "a list or a mapping";
  throw refuse("POINTER_KEY_UNSUPPORTED", keyOffset(map, opaque), `a key of this mapping is ${what}`);
}

function refuseDuplicates(map: YAMLMap, refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [index, name] of keysOf(map).entries()) {
    if (seen.has(name)) {
      const problem = `the key "${brief(name)}" is here a second time`;
      throw refuse("POINTER_DUPLICATE_KEY", keyOffset(map, index), problem);
    }
    seen.add(name);
  }
}
