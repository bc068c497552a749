/** Longer texts are cut and say so: a page is for reading, and one value must not make it unreadable. */
const maxText = 4_000;

/** Whatever cannot be seen, or makes its neighbours look different: controls, bidi and zero-width characters, halves of pairs. */
const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A piece of a page that is safe to join with others. Only the template tag `html` makes one. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** Of the literal parts of a template: those are written by us, never by data. */
  static of(literals: TemplateStringsArray, values: readonly Content[]): Html {
    return new Html(literals.map((literal, at) => literal + markupOf(values[at])).join(""));
  }

  toString(): string {
    return this.#markup;
  }
}

/** What can stand in a template; nothing is written for `undefined`. */
export type Content = Html | string | number | undefined | readonly Content[];

/**
 * Template tag for HTML: texts are escaped, so that they stay texts in elements and in quoted attributes alike, and
 * unseen characters are written out as `‹U+202E›`. Not for the inside of `style`, `script` or comments.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  return Html.of(literals, values);
}

function markupOf(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.toString();
  if (typeof content === "object") return content.map(markupOf).join("");
  return escaped(String(content));
}

function escaped(text: string): string {
  return shortened(text.replace(/\r\n?/g, "\n"))
    .replace(unseen, (character) => `‹U+${codePoint(character)}›`)
    .replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

function shortened(text: string): string {
  if (text.length <= maxText) return text;
  const kept = text.slice(0, maxText).replace(/[\ud800-\udbff]$/, "");
  return `${kept} … and ${text.length - kept.length} more characters`;
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
