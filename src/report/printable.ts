import { stripVTControlCharacters } from "node:util";

/**
 * The text without terminal control: escape sequences go, other control characters become `�`; line breaks and tabs
 * stay. File names, annotations and other systems' answers are shown, and must not be able to drive the terminal.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}
