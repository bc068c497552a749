/** Number of terminal columns of a text without escape sequences; one for each code point. */
export function columns(text: string): number {
  return [...text].length;
}

/**
 * Breaks a text into lines of at most `width` columns at spaces; line breaks in the text stay. A longer word stays
 * whole on a line of its own, so that digests, references and paths can be copied.
 */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(/[ \t]+/)) {
      if (line === "") line = word;
      else if (columns(line) + 1 + columns(word) <= width) line += ` ${word}`;
      else {
        lines.push(line);
        line = word;
      }
    }
    return [...lines, line];
  });
}
