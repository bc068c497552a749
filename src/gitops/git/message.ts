/** What a commit says. */
export interface CommitMessage {
  readonly subject: string;
  readonly body?: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/** Longest subject that tools show whole. */
const maxSubject = 72;
/** Control characters, separators of lines, and marks that turn the direction of what follows. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/**
 * The text of a commit's message: subject, body, trailers. Values come from outside; none can begin a line of its own,
 * and no line of the body can pass for a trailer or for the end of the message. A subject that is too long to be shown
 * is cut, and stands whole at the start of the body.
 */
export function encodeMessage({ subject, body = "", trailers }: CommitMessage): string {
  const title = oneLine(subject) || "Change";
  const letters = [...title];
  const long = letters.length > maxSubject;
  const paragraphs = [
    long
      ? `${letters
          .slice(0, maxSubject - 1)
          .join("")
          .trimEnd()}…`
      : title,
    long ? asProse(title) : "",
    body
      .split(/\r\n?|\n/)
      .map((line) => asProse(line.replace(unprintable, " ").trimEnd()))
      .join("\n")
      .replace(/^\n+|\n+$/g, ""),
    trailers.map(([key, value]) => `${key.replace(/[^A-Za-z0-9-]+/g, "-")}: ${oneLine(value)}`).join("\n"),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

/** Indents what git would read as a trailer, as one that it made itself, or as the line that a patch begins with. */
function asProse(line: string): string {
  return /^([A-Za-z0-9-]+\s*[:=#]|---|\(cherry picked from)/.test(line) ? ` ${line}` : line;
}

function oneLine(text: string): string {
  return text.replace(unprintable, " ").trim();
}
