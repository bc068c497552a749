import type { Column, Fact, Summary, Table } from "../contract/index.ts";
import { printable } from "./printable.ts";
import { type Style, styleFor } from "./style.ts";
import { columns, wrap } from "./wrap.ts";

export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

const indent = "  ";
const gap = "  ";

/**
 * The summary for a terminal or a log: a title, aligned facts, aligned tables. Whatever is marked as code is never
 * broken; a table too wide for the terminal is shown as one block of lines for each row.
 *
 * @returns lines that each end with a line break
 */
export function renderText(summary: Summary, options: TextOptions): string {
  const style = styleFor(options.color);
  const blocks = [
    wrap(printable(summary.title), options.width).map(style.strong),
    factLines(summary.facts, options.width, style),
    ...(summary.tables ?? []).map((table) => tableLines(table, options.width, style)),
  ].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function factLines(facts: readonly Fact[], width: number, style: Style): string[] {
  const labels = Math.max(0, ...facts.map((fact) => columns(printable(fact.label))));
  return facts.flatMap((fact) => labelled(fact.label, fact.value, fact.code === true, labels, width, style));
}

function labelled(label: string, value: string, code: boolean, labels: number, width: number, style: Style): string[] {
  const room = width - labels - indent.length - gap.length;
  return cellLines(value, code, room).map((line, index) => {
    const head = index === 0 ? style.faint(pad(printable(label), labels, "left")) : " ".repeat(labels);
    return `${indent}${head}${gap}${line}`.trimEnd();
  });
}

function tableLines(table: Table, width: number, style: Style): string[] {
  const title = style.strong(printable(table.title));
  const widths = columnWidths(table, width - indent.length - gap.length * (table.columns.length - 1));
  const omitted = table.omitted ? [`${indent}${style.faint(`… and ${table.omitted} more`)}`] : [];
  if (table.rows.length === 0) return [title, `${indent}${style.faint("none")}`, ...omitted];
  const body = widths === undefined ? stackedRows(table, width, style) : alignedRows(table, widths, style);
  return [title, ...body, ...omitted];
}

function alignedRows(table: Table, widths: readonly number[], style: Style): string[] {
  const line = (cells: readonly string[], paint: (text: string) => string): string[] => {
    const parts = table.columns.map((column, at) => cellLines(cells[at] ?? "", column.code === true, widths[at] ?? 0));
    const height = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: height }, (_, row) => {
      const padded = table.columns.map((column, at) =>
        pad(parts[at]?.[row] ?? "", widths[at] ?? 0, column.align ?? "left"),
      );
      return indent + paint(padded.join(gap).trimEnd());
    });
  };
  return [
    ...line(
      table.columns.map((column) => column.name),
      style.faint,
    ),
    ...table.rows.flatMap((row) => line(row, (text) => text)),
  ];
}

function stackedRows(table: Table, width: number, style: Style): string[] {
  const labels = Math.max(...table.columns.map((column) => columns(printable(column.name))));
  return table.rows.flatMap((row, index) => {
    const lines = table.columns.flatMap((column, at) =>
      labelled(column.name, row[at] ?? "", column.code === true, labels, width, style),
    );
    return index === 0 ? lines : ["", ...lines];
  });
}

/** Widths that fit into `room`, or undefined when the table does not fit without breaking code or words. */
function columnWidths(table: Table, room: number): number[] | undefined {
  const cells = (column: Column, at: number) => [column.name, ...table.rows.map((row) => row[at] ?? "")];
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(columns));
  const natural = table.columns.map((column, at) =>
    longest(cells(column, at).flatMap((cell) => printable(cell).split("\n"))),
  );
  const least = table.columns.map((column, at) =>
    column.code === true
      ? (natural[at] ?? 0)
      : longest(cells(column, at).flatMap((cell) => printable(cell).split(/\s+/))),
  );
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width, 0);
  while (total() > room) {
    const slack = widths.map((width, at) => (width > (least[at] ?? 0) ? width : -1));
    const widest = slack.indexOf(Math.max(...slack));
    if (slack[widest] === undefined || slack[widest] < 0) return undefined;
    widths[widest] = slack[widest] - 1;
  }
  return widths;
}

function cellLines(text: string, code: boolean, width: number): string[] {
  const shown = printable(text).trimEnd();
  return code ? shown.split("\n") : wrap(shown, width);
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - columns(text)));
  return align === "left" ? text + spaces : spaces + text;
}
