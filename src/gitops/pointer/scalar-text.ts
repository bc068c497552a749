import { pointerFileError } from "./errors.ts";
import { brief } from "./place.ts";

export type ScalarStyle = "plain" | "single-quoted" | "double-quoted";

const maxValueBytes = 2048;

/** What ends a line for some reader, does not print, or is no character. */
const unwritable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\p{Noncharacter_Code_Point}]/u;

/**
 * Requires that a text can stand in one line of YAML for every reader.
 *
 * @param selector names the place it is meant for
 * @throws POINTER_VALUE_INVALID
 */
export function requireWritable(value: string, selector: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > maxValueBytes) {
    throw pointerFileError(
      "POINTER_VALUE_INVALID",
      `${selector}: ${bytes} bytes are to be written; ${maxValueBytes} are allowed`,
    );
  }
  const code = unwritable.exec(value)?.[0].codePointAt(0);
  if (code === undefined) return;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  throw pointerFileError(
    "POINTER_VALUE_INVALID",
    `${selector}: the text to be written, "${brief(value)}", has the character ${name}`,
  );
}

/**
 * Writes a text as a YAML scalar that every reader takes for exactly this text.
 *
 * @param style of the scalar that it replaces; kept, only that a plain scalar is put in double quotes when it would
 *   not be a text, or not this one
 * @param context `inFlow`: between `[]` or `{}`; `tagged`: after `!!str`, so that a plain `1.10` is a text
 */
export function writeScalar(
  value: string,
  style: ScalarStyle,
  { inFlow, tagged }: { inFlow: boolean; tagged: boolean },
): string {
  if (style === "single-quoted") return `'${value.replaceAll("'", "''")}'`;
  if (style === "plain" && isPlain(value, inFlow) && (tagged || !mayBeTyped(value))) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** True when a text without quotes ends where it should, and starts nothing else. */
function isPlain(value: string, inFlow: boolean): boolean {
  if (value === "" || /^\s|\s$/u.test(value)) return false;
  if (/^(?:[-?:,[\]{}#&*!|>'"%@`]|\.{3})/.test(value)) return false;
  if (/:\s|:$|\s#/u.test(value)) return false;
  // A question mark ends a plain text for some readers.
  return !(inFlow && /[,[\]{}?]/.test(value));
}

/** Texts that some reader takes for null, a boolean or one of the special signs. */
const words = /^(?:~|null|nil|true|false|yes|no|on|off|y|n|=|<<|[-+]?\.?inf|[-+]?\.?nan)$/i;
const decimal = /^[-+]?[0-9_]*\.?[0-9_]*(?:e[-+]?[0-9_]*)?$/i;
const otherBase = /^[-+]?0[xob][0-9a-f_]*$/i;
/** 12:30:45 is a number to the base of 60 in YAML 1.1. */
const sexagesimal = /^[-+]?[0-9_]+(?::[0-9_]+)+(?:\.[0-9_]*)?$/;
const date = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[t\s])/i;

/** True when some version of YAML, or a reader more generous than both, may take a plain text for something else. */
function mayBeTyped(value: string): boolean {
  return [words, decimal, otherBase, sexagesimal, date].some((typed) => typed.test(value));
}
