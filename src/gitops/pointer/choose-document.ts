import { closest, distance } from "fastest-levenshtein";
import type { SlipwayError } from "../../errors/index.ts";
import { pointerFileError } from "./errors.ts";
import { type FoundScalar, findScalar, type Miss } from "./find-scalar.ts";
import { textOf } from "./mapping.ts";
import type { OpenFile } from "./open-file.ts";
import { brief, refusalAt } from "./place.ts";
import { parseSelector, type Selector } from "./selector.ts";

/** Which document of a file with several: its `kind` and its `metadata.name`. */
export interface DocumentFilter {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
}

export interface ChosenDocument {
  /** Place of the document in the file, from 0. */
  readonly index: number;
  /** A place for each selector, in their order. */
  readonly found: readonly FoundScalar[];
}

/**
 * Finds the one document, of those that fit the filter, in which all selectors match.
 *
 * @throws POINTER_NOT_FOUND, POINTER_AMBIGUOUS, and what `findScalar` throws
 */
export function chooseDocument(
  file: OpenFile,
  filter: DocumentFilter | undefined,
  selectors: readonly Selector[],
): ChosenDocument {
  const candidates = [...file.documents.keys()].filter((index) => fits(file, index, filter));
  if (candidates.length === 0) throw noSuchDocument(file, filter);
  const chosen: ChosenDocument[] = [];
  let nearest: MissIn | undefined;
  for (const index of candidates) {
    const attempt = findAll(file, index, selectors);
    if ("found" in attempt) chosen.push(attempt);
    else if (nearest === undefined || attempt.miss.steps > nearest.miss.steps) nearest = attempt;
  }
  const [first, second] = chosen;
  if (first === undefined) throw notFound(file, nearest, candidates.length);
  if (second === undefined) return first;
  const names = selectors.map(({ text }) => text).join(", ");
  const problem = `${names}: the documents ${first.index + 1} and ${second.index + 1} both match`;
  throw refusalAt("POINTER_AMBIGUOUS", file, second.found[0]?.offset ?? 0, problem, {
    remedy: "Say by kind and name which document is meant.",
  });
}

interface MissIn {
  readonly index: number;
  readonly selector: Selector;
  readonly miss: Miss;
}

function findAll(file: OpenFile, index: number, selectors: readonly Selector[]): ChosenDocument | MissIn {
  const found: FoundScalar[] = [];
  for (const selector of selectors) {
    const search = findScalar(file.documents[index]?.contents, selector, file);
    if (search.miss !== undefined) return { index, selector, miss: search.miss };
    found.push(search.found);
  }
  return { index, found };
}

const kindSelector = parseSelector("kind");
const nameSelector = parseSelector("metadata.name");

function fits(file: OpenFile, index: number, filter: DocumentFilter | undefined): boolean {
  const says = (selector: Selector, wanted: string | undefined) =>
    wanted === undefined || readIn(file, index, selector) === wanted;
  return says(kindSelector, filter?.kind) && says(nameSelector, filter?.name);
}

function readIn(file: OpenFile, index: number, selector: Selector): string | undefined {
  const scalar = findScalar(file.documents[index]?.contents, selector, file).found?.scalar;
  return scalar === undefined ? undefined : textOf(scalar);
}

function noSuchDocument(file: OpenFile, filter: DocumentFilter | undefined): SlipwayError {
  const kind = filter?.kind === undefined ? "" : ` of kind ${brief(filter.kind)}`;
  const name = filter?.name === undefined ? "" : ` named ${brief(filter.name)}`;
  const shown = file.documents.slice(0, mostShown).map((_, index) => {
    const [itsKind = "no kind", itsName = "no name"] = [kindSelector, nameSelector].map((each) =>
      readIn(file, index, each),
    );
    return `${brief(itsKind)} ${brief(itsName)}`;
  });
  const message = `${file.path}: there is no document${kind}${name}; there ${shown.length === 1 ? "is" : "are"} ${list(shown, file.documents.length)}`;
  return pointerFileError("POINTER_NOT_FOUND", message, { remedy: "Correct the kind or the name." });
}

function notFound(file: OpenFile, nearest: MissIn | undefined, candidates: number): SlipwayError {
  if (nearest === undefined) return pointerFileError("POINTER_NOT_FOUND", `${file.path}: there is no document`);
  const { selector, miss, index } = nearest;
  const where = candidates === 1 ? "" : ` (in document ${index + 1}, the nearest of ${candidates})`;
  const keys = miss.instead === undefined ? "" : `; ${keysThere(miss.instead.keys)}`;
  const near = miss.instead === undefined ? undefined : nearestKey(miss.instead.key, miss.instead.keys);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return refusalAt("POINTER_NOT_FOUND", file, miss.offset, `${selector.text}: ${miss.problem}${where}${keys}${hint}`);
}

const mostShown = 12;

function keysThere(keys: readonly string[]): string {
  const distinct = [...new Set(keys)];
  if (distinct.length === 0) return "it has none";
  return `its keys are ${list(distinct.slice(0, mostShown).map(brief), distinct.length)}`;
}

function list(shown: readonly string[], all: number): string {
  return `${shown.join(", ")}${all > shown.length ? ` and ${all - shown.length} more` : ""}`;
}

/** Bounds the comparisons for a mapping of any size. */
const mostCompared = 1000;

function nearestKey(key: string, keys: readonly string[]): string | undefined {
  const comparable = keys.filter(({ length }) => length <= 60).slice(0, mostCompared);
  if (comparable.length === 0 || key.length > 60) return undefined;
  const near = closest(key, comparable);
  return distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(near.length / 3)) ? near : undefined;
}
