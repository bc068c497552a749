import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { kindOf, type Spot } from "./spot.ts";
import { composeYaml, type YamlProblem } from "./yaml-syntax.ts";

export type { YamlProblem } from "./yaml-syntax.ts";

export interface YamlTree {
  /** Plain data: mappings, lists, texts, booleans, nulls, numbers; a bigint for a whole number beyond 2^53. */
  readonly value: unknown;
  readonly root: Spot;
}

/** Aliases that may be used, counting those inside what another alias repeats. */
const maxAliases = 64;
/** Values that all aliases together may repeat. */
const maxRepeated = 10_000;

/**
 * Reads a text as one document of YAML 1.2 (core schema) into plain data, with the place of every value.
 *
 * Refuses what readers disagree about: duplicate keys, keys that are not text, tags, several documents;
 * and what could exhaust them: deep nesting, aliases that multiply.
 *
 * @param text without a byte order mark
 */
export function readYamlTree(text: string): {
  /** Undefined when so much is wrong that values would be missing that the text has. */
  readonly tree: YamlTree | undefined;
  readonly problems: readonly YamlProblem[];
} {
  const { document, problems } = composeYaml(text);
  if (problems !== undefined) return { tree: undefined, problems };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return {
      tree: undefined,
      problems: [{ kind: "empty", offset: 0, text: "there is nothing here but blanks and comments" }],
    };
  }
  const reader = new TreeReader();
  const { value, spot } = reader.read(contents, undefined);
  return { tree: reader.complete ? { value, root: spot } : undefined, problems: reader.problems };
}

interface Read {
  readonly value: unknown;
  readonly spot: Spot;
}

class TreeReader {
  readonly problems: YamlProblem[] = [];
  readonly #anchors = new Map<string, Node>();
  #aliases = 0;
  #repeated = 0;
  /** Where the outermost alias stands whose values are being read. */
  #repeating: number | undefined;
  /** False when a value could not be read, so that it would seem to be missing. */
  complete = true;

  /** @param node of the library's tree; null stands for a value that was left out */
  read(node: unknown, keyOffset: number | undefined): Read {
    if (!isNode(node)) return leaf(null, "", keyOffset ?? 0, keyOffset);
    const offset = node.range?.[0] ?? keyOffset ?? 0;
    if (this.#repeating !== undefined) this.#repeated += 1;
    if (this.#repeated > maxRepeated) return this.#exhaust(offset, `aliases repeat more than ${maxRepeated} values`);
    if (isAlias(node)) return this.#readAlias(node, offset, keyOffset);
    const read = isMap(node)
      ? this.#readMap(node, offset, keyOffset)
      : isSeq(node)
        ? this.#readList(node.items, offset, keyOffset)
        : this.#readScalar(node, offset, keyOffset);
    // Known only from here on, so that nothing can contain itself.
    if (node.anchor !== undefined && this.#repeating === undefined) this.#anchors.set(node.anchor, node);
    return read;
  }

  #readAlias(alias: Alias, offset: number, keyOffset: number | undefined): Read {
    this.#aliases += 1;
    if (this.#aliases > maxAliases) return this.#exhaust(offset, `more than ${maxAliases} aliases are used`);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.complete = false;
      this.#refuse(
        "syntax",
        offset,
        `the alias *${alias.source} names no anchor above it; a text that starts with "*" needs quotes`,
      );
      return leaf(null, "", offset, keyOffset);
    }
    const outer = this.#repeating;
    this.#repeating ??= offset;
    const { value, spot } = this.read(target, keyOffset);
    this.#repeating = outer;
    return { value, spot: { ...spot, offset, keyOffset } };
  }

  #readMap(map: YAMLMap, offset: number, keyOffset: number | undefined): Read {
    const value: Record<string, unknown> = {};
    const children = new Map<PropertyKey, Spot>();
    for (const pair of map.items) {
      const key = this.#readKey(pair, offset);
      if (key === undefined) continue;
      if (children.has(key.name))
        this.#refuse("duplicate", key.offset, `the key "${shorten(key.name)}" is here a second time`);
      const read = this.read(pair.value, key.offset);
      value[key.name] = read.value;
      children.set(key.name, read.spot);
    }
    return { value, spot: collection("mapping", offset, keyOffset, children) };
  }

  #readKey(pair: Pair, mapOffset: number): { name: string; offset: number } | undefined {
    const { key } = pair;
    const offset = isNode(key) ? (key.range?.[0] ?? mapOffset) : mapOffset;
    const name = isScalar(key) ? key.value : key;
    if (typeof name !== "string") {
      const source = isScalar(key) ? (key.source ?? "") : "";
      const what = source === "" ? "a key is missing here, or is not text" : `the key ${shorten(source)} is not text`;
      this.#refuse("unsupported", offset, source === "" ? what : `${what}; put it in quotes if it is meant`);
      return undefined;
    }
    if (name === "<<") {
      this.complete = false;
      this.#refuse(
        "unsupported",
        offset,
        '"<<" does not merge in YAML 1.2; write the keys out, or use an alias for a whole value',
      );
      return undefined;
    }
    if (name === "__proto__" || !name.isWellFormed()) {
      this.#refuse("unsupported", offset, `the key ${JSON.stringify(shorten(name))} cannot be used`);
      return undefined;
    }
    return { name, offset };
  }

  #readList(items: readonly unknown[], offset: number, keyOffset: number | undefined): Read {
    const value: unknown[] = [];
    const children = new Map<PropertyKey, Spot>();
    for (const item of items) {
      const read = this.read(item, undefined);
      children.set(value.length, read.spot);
      value.push(read.value);
    }
    return { value, spot: collection("list", offset, keyOffset, children) };
  }

  #readScalar({ value, source = "" }: Scalar, offset: number, keyOffset: number | undefined): Read {
    if (typeof value === "string" && !value.isWellFormed()) {
      this.#refuse("unsupported", offset, "this text holds half of a character (an unpaired surrogate)");
    }
    return leaf(exact(value, source), source, offset, keyOffset);
  }

  #refuse(kind: YamlProblem["kind"], offset: number, text: string): void {
    this.problems.push({ kind, offset, text });
  }

  #exhaust(offset: number, text: string): Read {
    if (this.complete) this.#refuse("unsupported", this.#repeating ?? offset, text);
    this.complete = false;
    return leaf(null, "", offset, undefined);
  }
}

function leaf(value: unknown, source: string, offset: number, keyOffset: number | undefined): Read {
  const kind = kindOf(value);
  // The source of a quoted text would show its quotes and escapes.
  const shown = typeof value === "string" ? value : source;
  return { value, spot: { offset, keyOffset, kind, source: shown, child: () => undefined } };
}

function collection(
  kind: "list" | "mapping",
  offset: number,
  keyOffset: number | undefined,
  children: ReadonlyMap<PropertyKey, Spot>,
): Spot {
  return { offset, keyOffset, kind, source: "", child: (step) => children.get(step) };
}

/** Whole numbers that would lose digits become bigints, which no schema here accepts; -0 is 0. */
function exact(value: unknown, source: string): unknown {
  if (typeof value !== "number") return value;
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source)) return BigInt(source);
  return value === 0 ? 0 : value;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
