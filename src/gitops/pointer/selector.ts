import { pointerFileError } from "./errors.ts";

/** One step into a document: a mapping's key, a list's item by its place, or the one item whose key has a text. */
export type SelectorStep =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "filter"; readonly key: string; readonly value: string };

/** A place in a YAML file: `model.version`, `data."release.json"`, `items[0].x`, `items[name=fraud].digest`. */
export interface Selector {
  readonly text: string;
  /** At least one. */
  readonly steps: readonly SelectorStep[];
}

const longestSelector = 1024;

/**
 * Reads a selector: keys with dots between them, and after a key any number of `[…]` with an index from 0 or with
 * `key=text`. A key or text with other signs than letters, digits, `-`, `_`, `/` and the like stands in double quotes,
 * in which `\"` and `\\` are the only escapes.
 *
 * @throws SELECTOR_INVALID with what is wrong and at which character, counted from 1
 */
export function parseSelector(text: string): Selector {
  if (text.length > longestSelector) {
    throw pointerFileError(
      "SELECTOR_INVALID",
      `a selector has ${text.length} characters; ${longestSelector} are allowed`,
    );
  }
  return { text, steps: new Scanner(text).steps() };
}

/** Steps as they are written in a selector; empty for the whole document. */
export function showSteps(steps: readonly SelectorStep[]): string {
  return steps.reduce((shown, step) => {
    if (step.kind === "index") return `${shown}[${step.index}]`;
    if (step.kind === "filter") return `${shown}[${showName(step.key)}=${showName(step.value)}]`;
    return `${shown}${shown === "" ? "" : "."}${showName(step.key)}`;
  }, "");
}

const bareName = /^[^\s\p{Cc}."'=[\]]+$/u;

function showName(name: string): string {
  return bareName.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  steps(): SelectorStep[] {
    const steps: SelectorStep[] = [];
    while (this.#at < this.#text.length) {
      if (this.#next() === "[") {
        steps.push(this.#bracket());
        continue;
      }
      if (steps.length > 0) this.#take(".", 'a "." or a "[" is expected here');
      steps.push({ kind: "key", key: this.#name(/[^\s\p{Cc}."'=[\]]+/uy, "a key") });
    }
    if (steps.length === 0) this.#fail("it is empty");
    return steps;
  }

  #bracket(): SelectorStep {
    const start = this.#at;
    this.#at += 1;
    const index = this.#match(/(?:0|[1-9]\d{0,8})(?=\])/y);
    if (index !== undefined) {
      this.#at += 1;
      return { kind: "index", index: Number(index) };
    }
    if (this.#match(/[^\]="]*\]/y) !== undefined) {
      this.#at = start + 1;
      this.#fail("an index such as 0 or a filter such as name=fraud is expected between [ and ]");
    }
    const key = this.#name(/[^\s\p{Cc}."'=[\]]+/uy, "the key of a filter");
    this.#take("=", 'a "=" is expected here');
    const value = this.#name(/[^\p{Cc}"'[\]]*[^\s\p{Cc}"'[\]]/uy, "the text of a filter");
    this.#take("]", 'a "]" is expected here');
    return { kind: "filter", key, value };
  }

  #name(bare: RegExp, what: string): string {
    if (this.#next() !== '"') {
      return this.#match(bare) ?? this.#fail(`${what} is expected here; put it in double quotes if it has such signs`);
    }
    const start = this.#at;
    const quoted = this.#match(/"(?:[^"\\\p{Cc}]|\\["\\])*"/uy);
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(["\\])/g, "$1");
    this.#match(/"(?:[^"\\\p{Cc}]|\\["\\])*/uy);
    if (this.#at < this.#text.length) this.#fail('only \\" and \\\\ can be written with \\, and no control characters');
    this.#at = start;
    return this.#fail("this quote is never closed");
  }

  #next(): string {
    return this.#text.charAt(this.#at);
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(sign: string, otherwise: string): void {
    if (this.#next() !== sign) this.#fail(otherwise);
    this.#at += 1;
  }

  #fail(problem: string): never {
    throw pointerFileError("SELECTOR_INVALID", `selector ${this.#text}: at character ${this.#at + 1}: ${problem}`);
  }
}
