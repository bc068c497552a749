import { SlipwayError } from "../../errors/index.ts";
import type { Change } from "./change.ts";
import { differenceOf, intentionOf } from "./node-difference.ts";
import { fileRefusal, type OpenFile, openFile } from "./open-file.ts";
import { composeYaml } from "./parse-yaml.ts";
import { refusalAt } from "./place.ts";

interface Edited {
  readonly bytes: Uint8Array;
  /** Place of the changed document in the file, from 0. */
  readonly document: number;
  /** At least one, in the order of the file. */
  readonly changes: readonly Change[];
}

/**
 * Requires that an edited file differs from the old one in the intended scalars only: in its bytes, its comments and
 * lines, and in every node, read as YAML 1.2 and as YAML 1.1. Takes time linear in the file's size.
 *
 * @throws POINTER_EDIT_UNSAFE; POINTER_FILE_TOO_LARGE when the new file has outgrown its bounds; POINTER_FILE_INVALID
 *   when the old one is not YAML 1.1
 */
export function requireIntendedChange(oldBytes: Uint8Array, old: OpenFile, edited: Edited): void {
  const [first] = edited.changes;
  if (first === undefined) return;
  const unsafe = (problem: string, cause?: unknown) =>
    refusalAt("POINTER_EDIT_UNSAFE", old, first.start, `${first.selector.text}: the edit was thrown away: ${problem}`, {
      ...(cause === undefined ? {} : { cause }),
    });
  if (!keepsOtherBytes(oldBytes, old.text, edited)) throw unsafe("it changes bytes outside the selected values");
  const now = reopen(old.path, edited.bytes, unsafe);
  if (now.text.split("\n").length !== old.text.split("\n").length) throw unsafe("it changes the number of lines");
  if (!sameList(old.parsed.comments, now.parsed.comments)) throw unsafe("it changes a comment");
  const intended = intentionOf(edited.document, edited.changes);
  const difference = differenceOf(old.documents, now.documents, intended);
  if (difference !== undefined) throw unsafe(`read as YAML 1.2, ${difference}`);
  const [oldest, newest] = [composeYaml(old.parsed, "1.1"), composeYaml(now.parsed, "1.1")];
  if (oldest.problem !== undefined) throw fileRefusal(oldest.problem, old.path, old.text);
  if (newest.problem !== undefined) throw unsafe(newest.problem.text);
  const difference11 = differenceOf(oldest.made, newest.made, intended);
  if (difference11 !== undefined) throw unsafe(`read as YAML 1.1, ${difference11}`);
}

function reopen(path: string, bytes: Uint8Array, unsafe: (problem: string, cause: unknown) => SlipwayError): OpenFile {
  try {
    return openFile({ path, bytes });
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "POINTER_FILE_TOO_LARGE") throw error;
    throw unsafe("the file could not be read again", error);
  }
}

function keepsOtherBytes(oldBytes: Uint8Array, oldText: string, { bytes, changes }: Edited): boolean {
  let oldAt = 0;
  let newAt = 0;
  let textAt = 0;
  for (const { start, end, replacement } of changes) {
    const kept = Buffer.byteLength(oldText.slice(textAt, start));
    if (!sameBytes(oldBytes.subarray(oldAt, oldAt + kept), bytes.subarray(newAt, newAt + kept))) return false;
    oldAt += kept + Buffer.byteLength(oldText.slice(start, end));
    newAt += kept + Buffer.byteLength(replacement);
    textAt = end;
  }
  return sameBytes(oldBytes.subarray(oldAt), bytes.subarray(newAt));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
