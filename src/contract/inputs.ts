import { resolve } from "node:path";
import { reason } from "../errors/index.ts";
import { parseReference, type Reference } from "../oci/index.ts";
import { contractError } from "./errors.ts";
import { declareInput, type Given, type Input, type InputForm, invalid, type Optional } from "./input.ts";
import { parseDuration, parseSize } from "./quantity.ts";
import { type Secret, secretInEnvironment, secretInFile } from "./secret.ts";

const stringForm: InputForm<string> = { kind: "string", parse: (text) => text };

function string(options: Given): Input<string>;
function string(options: Optional): Input<string | undefined>;
function string(options: Given | Optional): Input<string | undefined> {
  return declareInput(options, stringForm);
}

/** One of a fixed set of words; anything else is refused with the list of valid ones. */
function choice<const T extends string>(values: readonly T[], options: Given & { readonly default?: T }): Input<T>;
function choice<const T extends string>(values: readonly T[], options: Optional): Input<T | undefined>;
function choice<const T extends string>(values: readonly T[], options: Given | Optional): Input<T | undefined> {
  return declareInput(options, {
    kind: "choice",
    choices: values,
    parse(text, name) {
      const value = values.find((candidate) => candidate === text);
      if (value === undefined) throw invalid(name, text, `one of ${values.join(", ")}`);
      return value;
    },
  });
}

/** `true` or `false`; absent means the default. The words are YAML 1.2's, as on GitHub and Tekton. */
function boolean(options: { readonly description: string; readonly default: boolean }): Input<boolean> {
  return declareInput(
    { description: options.description, default: String(options.default) },
    {
      kind: "boolean",
      parse(text, name) {
        if (/^true$/i.test(text)) return true;
        if (/^false$/i.test(text)) return false;
        throw invalid(name, text, "true or false");
      },
    },
  );
}

interface NumberRange {
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly integer?: boolean;
}

/** A decimal number in the stated unit. */
function number(options: Given & NumberRange): Input<number>;
function number(options: Optional & NumberRange): Input<number | undefined>;
function number(options: (Given | Optional) & NumberRange): Input<number | undefined> {
  const { minimum = -Infinity, maximum = Infinity, integer = false } = options;
  return declareInput(options, {
    kind: "number",
    unit: options.unit,
    parse(text, name) {
      const value = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value) || (integer && !Number.isInteger(value))) {
        throw invalid(name, text, integer ? "a whole number" : "a number");
      }
      if (value < minimum || value > maximum) {
        throw invalid(name, text, rangeText(minimum, maximum));
      }
      return value;
    },
  });
}

function rangeText(minimum: number, maximum: number): string {
  if (maximum === Infinity) return `a number of at least ${minimum}`;
  return minimum === -Infinity ? `a number of at most ${maximum}` : `a number from ${minimum} to ${maximum}`;
}

const sizeForm: InputForm<number> = {
  kind: "size",
  parse(text, name) {
    const bytes = parseSize(text);
    if (bytes === undefined) throw invalid(name, text, "a size such as 200MB or 4GiB");
    return bytes;
  },
};

/** A number of bytes, written with its unit: `200MB`, `4GiB`. */
function size(options: Given): Input<number>;
function size(options: Optional): Input<number | undefined>;
function size(options: Given | Optional): Input<number | undefined> {
  return declareInput(options, sizeForm);
}

const durationForm: InputForm<number> = {
  kind: "duration",
  parse(text, name) {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) throw invalid(name, text, "a duration such as 90s, 5m or 1h30m");
    return milliseconds;
  },
};

/** A span of time in milliseconds, written with its unit: `90s`, `5m`, `1h30m`. */
function duration(options: Given): Input<number>;
function duration(options: Optional): Input<number | undefined>;
function duration(options: Given | Optional): Input<number | undefined> {
  return declareInput(options, durationForm);
}

const pathForm: InputForm<string> = {
  kind: "path",
  parse(text, name, context) {
    if (text.includes("\0")) throw invalid(name, text, "a path without a NUL character");
    return resolve(context.directory, text);
  },
};

/** A path in the host's file system, made absolute. */
function path(options: Given): Input<string>;
function path(options: Optional): Input<string | undefined>;
function path(options: Given | Optional): Input<string | undefined> {
  return declareInput(options, pathForm);
}

const certificatesForm: InputForm<string> = { ...pathForm, kind: "certificates" };

/** The path of a file with certificates in PEM, made absolute. Tekton mounts it from a ConfigMap. */
function certificates(options: Given): Input<string>;
function certificates(options: Optional): Input<string | undefined>;
function certificates(options: Given | Optional): Input<string | undefined> {
  return declareInput(options, certificatesForm);
}

const listForm: InputForm<readonly string[]> = {
  kind: "list",
  parse: (text) =>
    text
      .split(/[\n,]/)
      .map((item) => item.trim())
      .filter((item) => item !== ""),
};

/** Texts separated by commas or line breaks. Empty items are dropped. */
function list(options: Given): Input<readonly string[]>;
function list(options: Optional): Input<readonly string[] | undefined>;
function list(options: Given | Optional): Input<readonly string[] | undefined> {
  return declareInput(options, listForm);
}

const linesForm: InputForm<readonly string[]> = {
  kind: "lines",
  parse: (text) =>
    text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ""),
};

/** Texts, one a line, which may hold commas. Blanks around them and empty lines are dropped. */
function lines(options: Given): Input<readonly string[]>;
function lines(options: Optional): Input<readonly string[] | undefined>;
function lines(options: Given | Optional): Input<readonly string[] | undefined> {
  return declareInput(options, linesForm);
}

const subjectForm: InputForm<Reference> = {
  kind: "subject",
  parse(text, name, context) {
    try {
      return parseReference(text, context.directory);
    } catch (error) {
      throw contractError("INPUT_INVALID", `the input "${name}" is not a reference: ${reason(error)}`, {
        cause: error,
      });
    }
  },
};

/** A reference to a release: `oci:<dir>[:tag][@digest]` or `host/path[:tag][@digest]` (DESIGN 5.1). */
function subject(options: Given): Input<Reference>;
function subject(options: Optional): Input<Reference | undefined>;
function subject(options: Given | Optional): Input<Reference | undefined> {
  return declareInput(options, subjectForm);
}

const secretForm: InputForm<Secret> = {
  kind: "secret-file",
  parse(text, name, context) {
    const variable = /^env:\/\/([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
    if (variable !== undefined) return secretInEnvironment(variable, context.env);
    // A path never spans lines and never holds a PEM header; a pasted key does.
    if (/-----BEGIN |[\r\n]/.test(text)) {
      throw contractError("SECRET_INLINE", `the input "${name}" holds a secret instead of a path`);
    }
    return secretInFile(text, context.directory, name);
  },
};

/** A file, or `env://NAME`, that holds a secret. The secret itself is never an input. */
function secretFile(options: Given): Input<Secret>;
function secretFile(options: Optional): Input<Secret | undefined>;
function secretFile(options: Given | Optional): Input<Secret | undefined> {
  return declareInput(options, secretForm);
}

const tokenForm: InputForm<Secret> = { ...secretForm, kind: "token-file" };

/** A file with a short-lived token of the job itself. Tekton projects it into a workspace. */
function tokenFile(options: Given): Input<Secret>;
function tokenFile(options: Optional): Input<Secret | undefined>;
function tokenFile(options: Given | Optional): Input<Secret | undefined> {
  return declareInput(options, tokenForm);
}

/** The kinds of input that a step may declare. */
export const input = {
  string,
  choice,
  boolean,
  number,
  size,
  duration,
  path,
  certificates,
  list,
  lines,
  subject,
  secretFile,
  tokenFile,
};
