import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { findEntry, keyOffset, keysOf, type Refuse, textOf } from "./mapping.ts";
import { brief, type NamedText, refusalAt } from "./place.ts";
import { type Selector, type SelectorStep, showSteps } from "./selector.ts";

export interface FoundScalar {
  /** The scalar's place among the items of the mapping or list at each step from the document's root. */
  readonly path: readonly number[];
  /** The mappings and lists that were gone through, from the root on. */
  readonly within: readonly (YAMLMap | YAMLSeq)[];
  /** Undefined for a key that has not even a colon. */
  readonly scalar: Scalar | undefined;
  /** Character at which the scalar starts, or the key that lacks one. */
  readonly offset: number;
}

/** How far a selector that matches nothing did match. */
export interface Miss {
  readonly steps: number;
  readonly offset: number;
  readonly problem: string;
  /** The keys that are there instead of the one looked for. */
  readonly instead?: { readonly key: string; readonly keys: readonly string[] };
}

type Search = { readonly found: FoundScalar; readonly miss?: never } | { readonly found?: never; readonly miss: Miss };

/**
 * Follows a selector from the root of a document to a scalar.
 *
 * @throws POINTER_ALIAS, POINTER_AMBIGUOUS, POINTER_DUPLICATE_KEY, POINTER_KEY_UNSUPPORTED, POINTER_MERGE_KEY,
 *   POINTER_NOT_SCALAR, POINTER_SCALAR_UNSUPPORTED
 */
export function findScalar(root: unknown, selector: Selector, file: NamedText): Search {
  return new Way(selector, file).follow(root);
}

class Way {
  readonly #selector: Selector;
  readonly #refuse: Refuse;
  readonly #path: number[] = [];
  readonly #within: (YAMLMap | YAMLSeq)[] = [];
  #offset = 0;

  constructor(selector: Selector, file: NamedText) {
    this.#selector = selector;
    this.#refuse = (code, offset, problem) => refusalAt(code, file, offset, `${selector.text}: ${problem}`);
  }

  follow(root: unknown): Search {
    let node = this.#enter(root);
    for (const step of this.#selector.steps) {
      const index = this.#indexOf(step, node);
      if (typeof index !== "number") return { miss: index };
      node = this.#enter(this.#take(node, index));
    }
    if (isMap(node) || isSeq(node)) {
      throw this.#refuse("POINTER_NOT_SCALAR", this.#offset, `there is a ${isMap(node) ? "mapping" : "list"} here`);
    }
    const scalar = isScalar(node) ? node : undefined;
    if (scalar !== undefined) this.#refuseTag(scalar, "str");
    return { found: { path: this.#path, within: this.#within, scalar, offset: this.#offset } };
  }

  #enter(node: unknown): unknown {
    this.#refuseAlias(node);
    if (isMap(node) || isSeq(node) || isScalar(node)) this.#offset = node.range?.[0] ?? this.#offset;
    return node;
  }

  #refuseAlias(node: unknown): void {
    if (!isAlias(node)) return;
    const problem = `the alias *${brief(node.source)} stands ${this.#path.length < this.#selector.steps.length ? "on the way" : "here"}`;
    throw this.#refuse("POINTER_ALIAS", node.range?.[0] ?? this.#offset, problem);
  }

  #take(collection: unknown, index: number): unknown {
    this.#path.push(index);
    if (isMap(collection)) {
      this.#within.push(collection);
      this.#offset = keyOffset(collection, index);
      return collection.items[index]?.value;
    }
    if (!isSeq(collection)) return undefined;
    this.#within.push(collection);
    return collection.items[index];
  }

  /** The place of a step's item, or why there is none. */
  #indexOf(step: SelectorStep, node: unknown): number | Miss {
    if (isMap(node)) {
      this.#refuseTag(node, "map");
      if (step.kind !== "key") return this.#miss("is a mapping, and not a list");
      return findEntry(node, step.key, this.#refuse) ?? this.#missingKey(node, step.key);
    }
    if (isSeq(node)) {
      this.#refuseTag(node, "seq");
      if (step.kind === "key") return this.#miss("is a list, and not a mapping");
      if (step.kind === "filter") return this.#filter(node, step);
      const { length } = node.items;
      return step.index < length ? step.index : this.#miss(`has ${length} item${length === 1 ? "" : "s"}`);
    }
    return this.#miss(isScalar(node) && textOf(node) !== "" ? "is a single value" : "is empty");
  }

  #filter(list: YAMLSeq, { key, value }: SelectorStep & { kind: "filter" }): number | Miss {
    const fitting = [...list.items.keys()].filter((index) => this.#fits(list.items[index], key, value));
    const [first, second] = fitting;
    if (first === undefined) return this.#miss(`has no item whose ${brief(key)} is "${brief(value)}"`);
    if (second === undefined) return first;
    const twice = list.items[second];
    const problem = `the items ${first} and ${second} of this list both have the ${brief(key)} "${brief(value)}"`;
    throw this.#refuse("POINTER_AMBIGUOUS", (isMap(twice) ? twice.range?.[0] : undefined) ?? this.#offset, problem);
  }

  #fits(item: unknown, key: string, value: string): boolean {
    // An item or a filter's value that is an alias may be the one looked for.
    this.#refuseAlias(item);
    if (!isMap(item)) return false;
    const index = findEntry(item, key, this.#refuse);
    const found = index === undefined ? undefined : item.items[index]?.value;
    this.#refuseAlias(found);
    return isScalar(found) && textOf(found) === value;
  }

  #missingKey(map: YAMLMap, key: string): Miss {
    const keys = keysOf(map);
    return { ...this.#miss(`has no key "${brief(key)}"`), instead: { key, keys } };
  }

  #miss(what: string): Miss {
    return { steps: this.#path.length, offset: this.#offset, problem: `${this.#matched()} ${what}` };
  }

  #matched(): string {
    const matched = showSteps(this.#selector.steps.slice(0, this.#path.length));
    return matched === "" ? "the document" : matched;
  }

  #refuseTag(node: { tag?: string | undefined }, allowed: "map" | "seq" | "str"): void {
    if (node.tag === undefined || node.tag === `tag:yaml.org,2002:${allowed}`) return;
    const problem = `the tag ${brief(node.tag)} stands here, whose meaning is not known`;
    throw this.#refuse("POINTER_SCALAR_UNSUPPORTED", this.#offset, problem);
  }
}
