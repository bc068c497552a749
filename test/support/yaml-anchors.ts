import type { Look } from "./look.ts";

export interface YamlAnchor {
  readonly name: string;
  /** What it names is still being written. */
  open: boolean;
  aliased: boolean;
}

const names = ["a", "b-1", "c_2"];

/** The anchors of one document, and the aliases that may stand for them. */
export class YamlAnchors {
  readonly #distinct: boolean;
  readonly #all: YamlAnchor[] = [];

  /** @param distinct no name is used twice */
  constructor(distinct: boolean) {
    this.#distinct = distinct;
  }

  open(look: Look): YamlAnchor {
    const name = `${look.of(names)}${this.#distinct ? this.#all.length : ""}`;
    const anchor = { name, open: true, aliased: false };
    this.#all.push(anchor);
    return anchor;
  }

  /** An alias for something above, or a text when there is nothing yet. */
  alias(look: Look): string {
    const name = look.of(["none", ...this.#all.map((anchor) => anchor.name)]);
    // The last anchor of a name is the one that counts.
    const anchor = this.#all.findLast((each) => each.name === name);
    if (anchor === undefined || anchor.open) return "none";
    anchor.aliased = true;
    return `*${name}`;
  }
}
