import type { ErrorContext, SlipwayError } from "../../errors/index.ts";
import { pointerFileError } from "./errors.ts";

export type PointerCode = keyof typeof pointerFileError.definitions;

/** A file as messages name it. */
export interface NamedText {
  readonly path: string;
  readonly text: string;
}

/** Makes a refusal that says where in a file it arose: `values.yaml:3:5: model.version: …`. */
export function refusalAt(
  code: PointerCode,
  { path, text }: NamedText,
  offset: number,
  problem: string,
  context?: ErrorContext,
): SlipwayError {
  const { line, column } = lineAndColumn(text, offset);
  return pointerFileError(code, `${path}:${line}:${column}: ${problem}`, context);
}

/** A key or other text of a file, short enough for a message. */
export function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Both from 1, as editors count them; a byte order mark is no column. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).replace(/^\ufeff/, "");
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
