import { isScalar, Scalar } from "yaml";
import type { SlipwayError } from "../../errors/index.ts";
import { aliasUse } from "./alias-use.ts";
import type { Change } from "./change.ts";
import type { ChosenDocument } from "./choose-document.ts";
import type { FoundScalar } from "./find-scalar.ts";
import { textOf } from "./mapping.ts";
import type { OpenFile } from "./open-file.ts";
import { brief, type PointerCode, refusalAt } from "./place.ts";
import { type ScalarStyle, writeScalar } from "./scalar-text.ts";
import type { Selector } from "./selector.ts";

export interface ScalarEdit {
  readonly selector: Selector;
  /** One line of at most 2 KiB without control characters; may be empty. */
  readonly value: string;
}

/**
 * The scalars that must be written so that each edit's place has its text, in the order of the file.
 *
 * @param chosen places of the edits, in the order of `edits`
 * @throws POINTER_AMBIGUOUS, POINTER_ALIASED, POINTER_SCALAR_UNSUPPORTED
 */
export function planChanges(file: OpenFile, chosen: ChosenDocument, edits: readonly ScalarEdit[]): Change[] {
  const { repeated } = aliasUse(file.documents[chosen.index]?.contents);
  const changes: Change[] = [];
  const settled = new Map<string, string>();
  for (const [position, edit] of edits.entries()) {
    const place = chosen.found[position];
    if (place === undefined) continue;
    const refuse: Refuse = (code, problem) => refusalAt(code, file, place.offset, `${edit.selector.text}: ${problem}`);
    const key = place.path.join(" ");
    const before = settled.get(key);
    settled.set(key, edit.value);
    if (before === edit.value) continue;
    if (before !== undefined) throw refuse("POINTER_AMBIGUOUS", "it is to be set twice, to different texts");
    refuseAliased(place, repeated, refuse);
    const change = planChange(file.text, place, edit, refuse);
    if (change !== undefined) changes.push(change);
  }
  return changes.sort((a, b) => a.start - b.start);
}

type Refuse = (code: PointerCode, problem: string) => SlipwayError;

function refuseAliased({ within, scalar }: FoundScalar, repeated: ReadonlySet<unknown>, refuse: Refuse): void {
  const node = [...within, scalar].find((each) => repeated.has(each));
  if (node === undefined) return;
  const what = isScalar(node) ? "this value" : "what this value is in";
  throw refuse("POINTER_ALIASED", `the alias *${brief(node.anchor ?? "")} repeats ${what} elsewhere`);
}

/** @returns undefined when the scalar has the wanted text already */
function planChange(
  text: string,
  { path, within, scalar }: FoundScalar,
  { selector, value }: ScalarEdit,
  refuse: Refuse,
): Change | undefined {
  const unsupported = "POINTER_SCALAR_UNSUPPORTED";
  if (scalar?.range == null) throw refuse(unsupported, "this key has no colon, and so no place for a value");
  const [start, end] = scalar.range;
  const style = styleOf(scalar);
  if (style === undefined) throw refuse(unsupported, "block scalars (| and >) are not edited");
  if (text.slice(start, end).includes("\n")) throw refuse(unsupported, "values of several lines are not edited");
  if (textOf(scalar) === value) return undefined;
  const inFlow = within.some((collection) => collection.flow === true);
  const written = writeScalar(value, style, { inFlow, tagged: scalar.tag !== undefined });
  if (end > start) return { selector, value, path, start, end, replacement: written };
  // What was left out is put right behind the colon, dash, anchor or tag, before any blanks and comment.
  const at = beforeBlanks(text, start);
  return { selector, value, path, start: at, end: at, replacement: ` ${written}` };
}

function styleOf(scalar: Scalar): ScalarStyle | undefined {
  if (scalar.type === Scalar.PLAIN) return "plain";
  if (scalar.type === Scalar.QUOTE_SINGLE) return "single-quoted";
  return scalar.type === Scalar.QUOTE_DOUBLE ? "double-quoted" : undefined;
}

function beforeBlanks(text: string, offset: number): number {
  let at = offset;
  while (text.charAt(at - 1) === " " || text.charAt(at - 1) === "\t") at -= 1;
  return at;
}
