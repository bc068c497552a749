import { Look } from "./look.ts";
import { type YamlAnchor, YamlAnchors } from "./yaml-anchors.ts";
import type { YamlEntry, YamlShape, YamlTarget } from "./yaml-shape.ts";

interface Place {
  readonly selector: string;
  readonly path: readonly (string | number)[];
  readonly anchors: readonly YamlAnchor[];
}

const comments = ["c", "", " a: b", ' {"$policy": "x:y"}', " ünï😀", " 'quote", ' "', " | - [", "---", " *a &b"];
/** Texts that are no string, or another one, without quotes; and some that need quotes between brackets. */
const quoteless = /^(?:[\w][\w.+/@-]*(?::[\w.+/-]+)*|[~.]\w*|-1|a b|a#b|ü.*|a, b|x\[0\]|https:.*)$/;
const needsQuotesInFlow = /[,[\]{}?]/;

/** Writes one document of YAML in block style with everything that people put between the values. */
export class YamlWriter {
  text = "";
  readonly #eols: readonly string[];
  #lines = 0;
  readonly #portable: boolean;
  #anchors: YamlAnchors;
  readonly #found: (Omit<YamlTarget, "aliased"> & { readonly anchors: readonly YamlAnchor[] })[] = [];

  /**
   * @param eols line ends, used in turn
   * @param portable writes no tabs and no anchor twice, which not every reader takes
   */
  constructor(eols: readonly string[], portable: boolean) {
    this.#eols = eols;
    this.#portable = portable;
    this.#anchors = new YamlAnchors(portable);
  }

  /** @returns the scalars of this document that can be selected */
  document(entries: readonly YamlEntry[], look: number): YamlTarget[] {
    this.#anchors = new YamlAnchors(this.#portable);
    this.#found.length = 0;
    this.#entries(entries, 0, new Look(look), { selector: "", path: [], anchors: [] }, false);
    return this.#found.map(({ anchors, ...target }) => ({
      ...target,
      aliased: anchors.some(({ aliased }) => aliased),
    }));
  }

  line(text: string): void {
    this.text += `${text}${this.#eol()}`;
  }

  #eol(): string {
    this.#lines += 1;
    return this.#eols[this.#lines % this.#eols.length] ?? "\n";
  }

  #entries(entries: readonly YamlEntry[], indent: number, look: Look, place: Place, inline: boolean): void {
    for (const [at, { key, value }] of entries.entries()) {
      if (!inline || at > 0) {
        this.#between(look, indent);
        this.text += " ".repeat(indent);
      }
      const below = under(place, key);
      const scalar = value.kind === "scalar" || value.kind === "alias";
      if (scalar && look.one(12)) this.line(`? ${writeKey(key, look)}${this.#tail(look)}`);
      else this.text += writeKey(key, look);
      if (this.text.endsWith("\n")) this.text += " ".repeat(indent);
      else if (look.one(8)) this.text += " ";
      this.text += ":";
      this.#blockValue(value, indent, below, true);
    }
  }

  #items(items: readonly YamlShape[], indent: number, look: Look, place: Place, inline: boolean): void {
    for (const [at, item] of items.entries()) {
      if (!inline || at > 0) {
        this.#between(look, indent);
        this.text += " ".repeat(indent);
      }
      this.text += "-";
      const below = under(place, at);
      const blanks = 1 + look.upTo(2);
      const itemLook = new Look(item.look);
      if (item.kind === "map" && item.entries.length > 0 && look.one(2)) {
        this.text += " ".repeat(blanks);
        this.#entries(item.entries, indent + 1 + blanks, itemLook, below, true);
      } else if (item.kind === "list" && item.items.length > 0 && look.one(2)) {
        this.text += " ".repeat(blanks);
        this.#items(item.items, indent + 1 + blanks, itemLook, below, true);
      } else this.#blockValue(item, indent, below, false);
    }
  }

  /** What follows a colon or a dash, up to the end of its last line. */
  #blockValue(shape: YamlShape, indent: number, place: Place, inMap: boolean): void {
    const look = new Look(shape.look);
    if (shape.kind === "long") {
      this.#long(look, indent);
      return;
    }
    if (shape.kind === "alias") {
      this.text += ` ${this.#anchors.alias(look)}`;
      this.line(this.#tail(look));
      return;
    }
    const size = shape.kind === "scalar" ? 0 : shape.kind === "map" ? shape.entries.length : shape.items.length;
    if (shape.kind === "scalar" || size === 0 || look.one(3)) {
      const deeper = indent + 1 + look.upTo(3);
      if (shape.kind === "scalar") this.#scalar(shape.text, look, place, deeper);
      else this.#flow(shape, place, deeper, " ".repeat(1 + look.upTo(2)));
      this.line(this.#tail(look));
      return;
    }
    const { anchor, place: within } = this.#anchor(look, place);
    this.line(`${anchor === undefined ? "" : ` &${anchor.name}`}${this.#tail(look)}`);
    if (shape.kind === "map") this.#entries(shape.entries, indent + 1 + look.upTo(3), look, within, false);
    else if (shape.kind === "list") {
      this.#items(shape.items, indent + (inMap ? 0 : 1) + look.upTo(3), look, within, false);
    }
    if (anchor !== undefined) anchor.open = false;
  }

  /** @param deeper indentation for a value in a line of its own; undefined between brackets */
  #scalar(text: string, look: Look, outside: Place, deeper: number | undefined, gap?: string): void {
    const { anchor, place } = this.#anchor(look, outside);
    if (anchor !== undefined) anchor.open = false;
    const tagged = look.one(8);
    const style = Math.max(0, look.upTo(5) - 3);
    const absent = text === "" && style === 0;
    const written = absent ? "" : writeScalar(text, style, deeper === undefined);
    const properties = `${anchor === undefined ? "" : ` &${anchor.name}`}${tagged ? " !!str" : ""}`;
    this.text += properties;
    if (!absent && deeper !== undefined && look.one(6))
      this.text += `${this.#tail(look)}${this.#eol()}${" ".repeat(deeper)}`;
    else if (!absent) this.text += properties === "" ? (gap ?? " ".repeat(1 + look.upTo(2))) : " ";
    const start = this.text.length;
    this.text += written;
    this.#found.push({
      selector: place.selector,
      path: place.path,
      text,
      start,
      end: start + written.length,
      anchors: place.anchors,
    });
    // An empty value ends before what could belong to an anchor or a colon.
    if (absent && deeper === undefined) this.text += " ";
  }

  #flow(shape: YamlShape, outside: Place, indent: number, gap: string): void {
    const look = new Look(shape.look);
    if (shape.kind === "scalar") {
      this.#scalar(shape.text, look, outside, undefined, gap);
      return;
    }
    if (shape.kind === "alias") {
      this.text += `${gap === "" ? " " : gap}${this.#anchors.alias(look)} `;
      return;
    }
    if (shape.kind === "long") {
      this.text += `${gap}"a`;
      this.line(" ");
      this.text += `${" ".repeat(indent)}b"`;
      return;
    }
    const { anchor, place } = this.#anchor(look, outside);
    this.text += `${anchor === undefined ? gap : ` &${anchor.name} `}${shape.kind === "map" ? "{" : "["}`;
    const children = shape.kind === "map" ? shape.entries : shape.items.map((value) => ({ key: undefined, value }));
    for (const [at, { key, value }] of children.entries()) {
      this.#flowBlank(look, indent);
      if (key !== undefined) this.#flowEntry(key, value, look, place, indent);
      else this.#flowItem(value, under(place, at), look, indent);
      if (at < children.length - 1 || look.one(5)) this.text += ",";
    }
    this.#flowBlank(look, indent);
    this.text += shape.kind === "map" ? "}" : "]";
    if (anchor !== undefined) anchor.open = false;
  }

  #flowEntry(key: string, value: YamlShape, look: Look, place: Place, indent: number): void {
    const written = writeKey(key, look);
    this.text += `${written}:`;
    this.#flow(value, under(place, key), indent, written.startsWith('"') && look.one(3) ? "" : " ");
  }

  #flowItem(value: YamlShape, place: Place, look: Look, indent: number): void {
    const [entry] = value.kind === "map" ? value.entries : [];
    if (value.kind === "map" && entry !== undefined && value.entries.length === 1 && look.one(3)) {
      this.#flowEntry(entry.key, entry.value, look, place, indent);
      return;
    }
    // A list between brackets has no place for a value that is left out.
    const absent = value.kind === "scalar" && value.text === "";
    this.#flow(absent ? { ...value, text: "x" } : value, place, indent, "");
  }

  #flowBlank(look: Look, indent: number): void {
    const kind = look.upTo(7);
    if (kind === 1) this.text += "  ";
    if (kind === 2 || kind === 3) {
      this.line(kind === 2 ? "" : `  #${look.of(comments)}`);
      this.text += " ".repeat(indent);
    }
  }

  #long(look: Look, indent: number): void {
    const pad = " ".repeat(indent + 1 + look.upTo(3));
    const start = look.of([" |", " >", " |-", " >+", " plain", ' "double', " 'single"]);
    this.line(`${start}${/[|>]/.test(start) && look.one(3) ? " # c" : ""}`);
    this.line(`${pad}text # no comment`.slice(0, /[|>]/.test(start) ? undefined : pad.length + 4));
    if (look.one(3)) this.line("");
    this.line(`${pad}v1.0${start === ' "double' ? '"' : start === " 'single" ? "'" : ""}`);
  }

  /** Blank lines and comments before an entry. */
  #between(look: Look, indent: number): void {
    for (let count = look.upTo(5) - 3; count > 0; count -= 1) {
      const kind = look.upTo(3);
      if (kind === 0) this.line("");
      else if (kind === 1) this.line(`${" ".repeat(indent)}#${look.of(comments)}`);
      else if (kind === 2) this.line(`${" ".repeat(look.upTo(6))}# odd`);
      else this.line(" ");
    }
  }

  /** Blanks and a comment at the end of a line. */
  #tail(look: Look): string {
    const kind = look.upTo(5);
    if (kind === 2) return "  ";
    if (kind === 3) return ` #${look.of(comments)}`;
    if (kind === 4) return `${this.#portable ? "    " : " \t"}# ${look.of(comments)}`;
    return kind === 5 && !this.#portable ? "\t" : "";
  }

  #anchor(look: Look, place: Place): { anchor: YamlAnchor | undefined; place: Place } {
    if (!look.one(6)) return { anchor: undefined, place };
    const anchor = this.#anchors.open(look);
    return { anchor, place: { ...place, anchors: [...place.anchors, anchor] } };
  }
}

function under({ selector, path, anchors }: Place, step: string | number): Place {
  const name = typeof step === "string" && /^[\w/-]+$/.test(step) ? step : JSON.stringify(step);
  const shown = typeof step === "number" ? `[${step}]` : `${selector === "" ? "" : "."}${name}`;
  return { selector: `${selector}${shown}`, path: [...path, step], anchors };
}

function writeKey(key: string, look: Look): string {
  const style = look.upTo(3);
  if (style === 2) return JSON.stringify(key);
  return style === 3
    ? `'${key.replaceAll("'", "''")}'`
    : /^(?:on|off|yes|true|false|null|8080)/.test(key)
      ? JSON.stringify(key)
      : key;
}

function writeScalar(text: string, style: number, inFlow: boolean): string {
  if (style === 0 && quoteless.test(text) && !(inFlow && needsQuotesInFlow.test(text))) return text;
  return style === 1 ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}
