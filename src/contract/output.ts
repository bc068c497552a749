export type OutputKind = "string" | "digest" | "number" | "boolean";

/** One declared output: a scalar. Lists and reports go into the store, and their digest is the output. */
export interface Output<Value extends string | number | boolean> {
  readonly kind: OutputKind;
  readonly description: string;
  /** Only for its type. */
  readonly sample: Value;
}

interface OutputOptions {
  readonly description: string;
}

/** The kinds of output that a step may declare. */
export const output = {
  string: (options: OutputOptions): Output<string> => ({ kind: "string", sample: "", ...options }),
  /** `sha256:<hex>`; hosts write digests last, so that whoever sees one sees everything before it. */
  digest: (options: OutputOptions): Output<string> => ({ kind: "digest", sample: "", ...options }),
  number: (options: OutputOptions): Output<number> => ({ kind: "number", sample: 0, ...options }),
  boolean: (options: OutputOptions): Output<boolean> => ({ kind: "boolean", sample: false, ...options }),
};
