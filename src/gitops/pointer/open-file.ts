import { isUtf8 } from "node:buffer";
import type { Document } from "yaml";
import type { SlipwayError } from "../../errors/index.ts";
import { aliasUse } from "./alias-use.ts";
import { pointerFileError } from "./errors.ts";
import { composeYaml, type ParsedYaml, parseYaml, type YamlProblem } from "./parse-yaml.ts";
import { brief, refusalAt } from "./place.ts";

export interface PointerFile {
  readonly bytes: Uint8Array;
  /** Names the file in messages. */
  readonly path: string;
}

/** A file as text and as nodes of YAML 1.2. */
export interface OpenFile {
  readonly path: string;
  /** With its byte order mark, if it has one. */
  readonly text: string;
  readonly parsed: ParsedYaml;
  readonly documents: readonly Document.Parsed[];
}

const maxBytes = 1024 * 1024;

/**
 * Reads the bytes of a file as YAML 1.2.
 *
 * @throws POINTER_FILE_TOO_LARGE, POINTER_FILE_INVALID
 */
export function openFile({ bytes, path }: PointerFile): OpenFile {
  if (bytes.length > maxBytes) {
    throw pointerFileError("POINTER_FILE_TOO_LARGE", `${path} has ${bytes.length} bytes; ${maxBytes} are allowed`);
  }
  if (!isUtf8(bytes)) throw notUtf8(bytes, path);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  refuseDisputedSigns(text, path);
  const parsed = parseYaml(text);
  if (parsed.problem !== undefined) throw fileRefusal(parsed.problem, path, text);
  const composed = composeYaml(parsed.made, "1.2");
  if (composed.problem !== undefined) throw fileRefusal(composed.problem, path, text);
  for (const { contents } of composed.made) {
    const { dangling } = aliasUse(contents);
    if (dangling === undefined) continue;
    const problem = `the alias *${brief(dangling.source)} names no anchor above it`;
    throw refusalAt("POINTER_FILE_INVALID", { path, text }, dangling.range?.[0] ?? 0, problem);
  }
  return { path, text, parsed: parsed.made, documents: composed.made };
}

/** The refusal of a file that cannot be parsed. */
export function fileRefusal({ kind, offset, text: problem }: YamlProblem, path: string, text: string): SlipwayError {
  const code = kind === "too-large" ? "POINTER_FILE_TOO_LARGE" : "POINTER_FILE_INVALID";
  return refusalAt(code, { path, text }, offset, problem);
}

/**
 * Where YAML 1.1 breaks a line YAML 1.2 does not, so that what is a comment to one reader is a key to another; and
 * some readers refuse what is not printable.
 */
const disputed = /(?<!^)\ufeff|\r(?!\n)|[\u2028\u2029]|[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function refuseDisputedSigns(text: string, path: string): void {
  const found = disputed.exec(text);
  if (found === null) return;
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  const problem = `the character U+${code} stands here, which readers of YAML understand differently or refuse`;
  throw refusalAt("POINTER_FILE_INVALID", { path, text }, found.index, problem, {
    remedy: "Remove it, or write it as an escape in double quotes.",
  });
}

function notUtf8(bytes: Uint8Array, path: string): SlipwayError {
  let line = 1;
  let start = 0;
  // The byte of a line feed is part of no longer character, so each line can be judged alone.
  for (let end = bytes.indexOf(10); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(10, start)) {
    line += 1;
    start = end + 1;
  }
  return pointerFileError("POINTER_FILE_INVALID", `${path}:${line}: this line is not UTF-8`, {
    remedy: "Save the file in UTF-8.",
  });
}
