/** Markdown as GitHub renders it (GitHub Flavored Markdown). */

/** A table. Cells are inline Markdown on one line; `cell` makes them from plain text. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text that may hold `code` of its own, safe in a cell: it cannot end the cell or be taken for HTML. */
export function cell(text: string): string {
  const line = text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");
  // Inside code a backslash would be shown.
  return line
    .split("`")
    .map((part, i) => (i % 2 === 0 ? part.replaceAll("<", "\\<").replaceAll("*", "\\*") : part))
    .join("`");
}

/** Text in a fixed-width face, in a cell or in a sentence. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
