/** A YAML value without its looks; `look` decides how it is written, and 0 is the plainest way. */
export type YamlShape =
  | { readonly kind: "scalar"; readonly look: number; readonly text: string }
  | { readonly kind: "long"; readonly look: number }
  | { readonly kind: "alias"; readonly look: number }
  | { readonly kind: "map"; readonly look: number; readonly entries: readonly YamlEntry[] }
  | { readonly kind: "list"; readonly look: number; readonly items: readonly YamlShape[] };

export interface YamlEntry {
  readonly key: string;
  readonly value: YamlShape;
}

/** A scalar in one line, where it stands and how to get there. */
export interface YamlTarget {
  readonly selector: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** Characters of the scalar with its quotes; an empty range behind the sign after which it was left out. */
  readonly start: number;
  readonly end: number;
  /** An alias repeats it, or something that it is in. */
  readonly aliased: boolean;
}
