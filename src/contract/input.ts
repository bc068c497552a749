import { contractError } from "./errors.ts";

export type InputKind =
  | "string"
  | "choice"
  | "boolean"
  | "number"
  | "size"
  | "duration"
  | "path"
  | "certificates"
  | "list"
  | "lines"
  | "subject"
  | "secret-file"
  | "token-file";

/** What surrounds a text when it is read. */
export interface InputContext {
  /** Absolute directory that relative paths start from. */
  readonly directory: string;
  /** Where `env://NAME` secrets are read from; empty on hosts where secrets come as files only. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One declared input. `Value` includes `undefined` only when the input may be absent. */
export interface Input<Value> {
  readonly kind: InputKind;
  readonly description: string;
  readonly required: boolean;
  /** Text that stands for the input when it is not given. */
  readonly default: string | undefined;
  readonly example: string | undefined;
  /** True for one of several ways to say something: it is left out of the ready-made calls, which show one way. */
  readonly alternative: boolean;
  readonly choices: readonly string[];
  /** Unit of a number, for help texts (`GB`, `ms`). */
  readonly unit: string | undefined;
  /**
   * Turns a host's text into the value.
   *
   * @param name the input's name, for error texts
   * @param text the text given; undefined, empty or blank means absent
   * @throws SlipwayError INPUT_MISSING, INPUT_INVALID, SECRET_INLINE
   */
  read(name: string, text: string | undefined, context: InputContext): Value;
}

interface Described {
  readonly description: string;
  readonly example?: string;
  readonly alternative?: true;
}
/** Options of an input that always has a value. */
export type Given = Described & ({ readonly required: true } | { readonly default: string });
/** Options of an input that may be absent. */
export type Optional = Described;

/** What sets one kind of input apart from another. */
export interface InputForm<T> {
  readonly kind: InputKind;
  readonly choices?: readonly string[];
  readonly unit?: string | undefined;
  /** Receives trimmed, non-empty text; throws what `invalid` makes. */
  parse(text: string, name: string, context: InputContext): T;
}

/** Declares an input of a form: whether it must be given, and what stands for it when it is not. */
export function declareInput<T>(options: Given, form: InputForm<T>): Input<T>;
export function declareInput<T>(options: Given | Optional, form: InputForm<T>): Input<T | undefined>;
export function declareInput<T>(options: Given | Optional, form: InputForm<T>): Input<T | undefined> {
  const required = "required" in options;
  const fallback = "default" in options ? options.default : undefined;
  return {
    kind: form.kind,
    description: options.description,
    required,
    default: fallback,
    example: options.example,
    alternative: options.alternative === true,
    choices: form.choices ?? [],
    unit: form.unit,
    read(name, text, context) {
      const given = text === undefined || text.trim() === "" ? fallback : text;
      if (given !== undefined && given.trim() !== "") return form.parse(given.trim(), name, context);
      if (!required) return undefined;
      throw contractError("INPUT_MISSING", `the input "${name}" is required`, {
        remedy: `Give "${name}": ${options.description}${options.example === undefined ? "" : ` Example: ${options.example}`}`,
      });
    },
  };
}

/** The error for a text of the wrong form. `expected` continues the sentence "expected …". */
export function invalid(name: string, text: string, expected: string): Error {
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return contractError("INPUT_INVALID", `the input "${name}" is "${shown}"; expected ${expected}`);
}
