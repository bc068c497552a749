import * as fc from "fast-check";
import { Look } from "./look.ts";
import type { YamlEntry, YamlShape, YamlTarget } from "./yaml-shape.ts";
import { keys, oldTexts, scalarText } from "./yaml-texts.ts";
import { YamlWriter } from "./yaml-writer.ts";

/** A file of YAML as people and tools write it, and one of its documents. */
interface YamlSource {
  readonly text: string;
  /** Place of the document among all of the file, from 0. */
  readonly document: number;
  /** What tells the document from the others; undefined when its keys do. */
  readonly filter: { readonly kind: string; readonly name: string } | undefined;
  /** The document's scalars that can be selected, in the order of the text; at least one. */
  readonly targets: readonly [YamlTarget, ...YamlTarget[]];
}

const look = fc.maxSafeNat();
const oldText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...oldTexts) },
  { weight: 1, arbitrary: fc.constant("") },
);
const key = fc.oneof(
  fc.constantFrom(...keys),
  fc.stringMatching(/^[b-mo-xz][a-z]{2,5}$/).filter((text) => text !== "metadata"),
);

const shape = fc.letrec<{ any: YamlShape; scalar: YamlShape; map: YamlShape; list: YamlShape }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: tie("scalar") },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("alias" as const), look }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("long" as const), look }) },
    { weight: 3, arbitrary: tie("map") },
    { weight: 2, arbitrary: tie("list") },
  ),
  scalar: fc.record({ kind: fc.constant("scalar" as const), look, text: oldText }),
  map: fc.record({ kind: fc.constant("map" as const), look, entries: entries(tie("any"), 0) }),
  list: fc.record({ kind: fc.constant("list" as const), look, items: fc.array(tie("any"), { maxLength: 3 }) }),
}));

function entries(value: fc.Arbitrary<YamlShape>, minLength: number): fc.Arbitrary<YamlEntry[]> {
  const selector = (entry: YamlEntry) => entry.key;
  return fc.uniqueArray(fc.record({ key, value }), { selector, minLength, maxLength: 4, depthIdentifier: "entries" });
}

const document = fc.record({ look, first: shape.scalar, entries: entries(shape.any, 0) });

/**
 * Files of YAML with random styles: block and flow, lists, comments everywhere, quotes, anchors, aliases, tags, several
 * documents, odd indentation, blank lines, trailing blanks, any line ends, byte order marks.
 *
 * @param portable without what not every reader takes: tabs, an anchor twice, a document without its `---`
 */
function yamlSource({ portable }: { portable: boolean }): fc.Arbitrary<YamlSource> {
  return fc
    .record({ look, documents: fc.array(document, { minLength: 1, maxLength: 3 }), chosen: fc.nat(2) })
    .map(({ look, documents, chosen }) => {
      const index = chosen % documents.length;
      return write(new Look(look), documents, index, portable);
    });
}

interface DocumentShape {
  readonly look: number;
  readonly first: YamlShape;
  readonly entries: readonly YamlEntry[];
}

function write(look: Look, documents: readonly DocumentShape[], chosen: number, portable: boolean): YamlSource {
  const manifests = look.one(2);
  const finalNewline = !look.one(4);
  const writer = new YamlWriter(look.of([["\n"], ["\r\n"], ["\n", "\r\n", "\n"]]), portable);
  if (look.one(6)) writer.text += "\ufeff";
  let targets: YamlTarget[] = [];
  for (const [at, each] of documents.entries()) {
    separate(writer, look, at, portable);
    const own = manifests ? manifest(each, at) : distinct(each, at);
    const found = writer.document(own, each.look);
    // What tells the document from the others stays as it is.
    if (at === chosen) targets = found.filter(({ path }) => path[0] !== "kind" && path[0] !== "metadata");
  }
  if (look.one(4)) writer.line("...");
  if (look.one(4)) writer.line("# end");
  const text = finalNewline ? writer.text : writer.text.replace(/\r?\n$/, "");
  const [first, ...others] = targets;
  if (first === undefined) throw new Error("a document has at least one scalar");
  const filter = manifests ? { kind: `Kind${chosen}`, name: "same" } : undefined;
  return { text, document: chosen, filter, targets: [first, ...others] };
}

function separate(writer: YamlWriter, look: Look, at: number, portable: boolean): void {
  const ended = at > 0 && look.one(3);
  if (ended) writer.line(look.one(2) ? "... # end" : "...");
  if (look.one(3)) writer.line("# before");
  const directive = (at === 0 || ended) && look.one(4);
  if (directive) writer.line(look.one(2) ? "%YAML 1.1" : "%YAML 1.2");
  if (directive || (at > 0 && (portable || !ended)) || look.one(3)) writer.line(look.one(3) ? "--- # start" : "---");
}

const plain = (text: string): YamlShape => ({ kind: "scalar", look: 0, text });

/** With what Kubernetes calls an object. */
function manifest({ first, entries }: DocumentShape, at: number): YamlEntry[] {
  const name = { kind: "map" as const, look: at, entries: [{ key: "name", value: plain("same") }] };
  const head = { kind: plain(`Kind${at}`), metadata: name, spec: first };
  const own = entries.filter(({ key }) => !Object.hasOwn(head, key));
  return [...Object.entries(head).map(([key, value]) => ({ key, value })), ...own];
}

/** With keys that no other document has. */
function distinct({ first, entries }: DocumentShape, at: number): YamlEntry[] {
  const own = entries.map(({ key, value }) => ({ key: `${key}_${at}`, value }));
  return [{ key: `first_${at}.x`, value: first }, ...own];
}

/** A file and what some scalars of one of its documents are to be; it may be what they are. */
export interface YamlEdit {
  readonly source: YamlSource;
  /** In the order of the text, each scalar once. */
  readonly edits: readonly { readonly target: YamlTarget; readonly value: string }[];
}

/** @param options of `yamlSource` */
export function yamlEdit(options: { portable: boolean }): fc.Arbitrary<YamlEdit> {
  const value = fc.oneof({ weight: 20, arbitrary: scalarText() }, { weight: 1, arbitrary: fc.constant(undefined) });
  const wish = fc.record({ pick: fc.nat(1000), value });
  const wishes = fc.array(wish, { minLength: 1, maxLength: 3 });
  return fc.record({ source: yamlSource(options), wishes }).map(({ source, wishes }) => {
    const values = new Map(wishes.map(({ pick, value }) => [pick % source.targets.length, value]));
    const edits = source.targets.flatMap((target, at) => {
      return values.has(at) ? [{ target, value: values.get(at) ?? target.text }] : [];
    });
    return { source, edits };
  });
}
