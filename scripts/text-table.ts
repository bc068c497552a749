/** Tables for a terminal. */

export interface TextColumn {
  readonly name: string;
  readonly align?: "left" | "right";
}

/** Rows under a heading, columns as wide as their longest text, two spaces apart; ends without a line break. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const heading = columns.map((column) => column.name);
  const widths = columns.map((_, i) => Math.max(...[heading, ...rows].map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const text = row[i] ?? "";
        const width = widths[i] ?? 0;
        return align === "right" ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(heading), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
