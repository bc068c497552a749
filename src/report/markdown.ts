import type { Fact, Summary, Table } from "../contract/index.ts";
import { printable } from "./printable.ts";

/** What GitHub takes as the summary of one step; a larger one is dropped as a whole. */
const maxSummaryBytes = 1024 * 1024;

const cutNote = "\n_The rest is left out: a job summary holds 1 MiB._\n";

/**
 * The summary as GitHub-flavoured Markdown, at most `limit` UTF-8 bytes; what does not fit is cut after a whole row
 * and said so. Values cannot break out of their cell: no value becomes markup, HTML or another column.
 */
export function renderMarkdown(summary: Summary, limit: number = maxSummaryBytes): string {
  const lines = [
    `### ${text(summary.title)}\n`,
    ...factLines(summary.facts),
    ...(summary.tables ?? []).flatMap(tableLines),
  ];
  const whole = lines.join("");
  return Buffer.byteLength(whole) <= limit ? whole : cut(lines, limit);
}

function factLines(facts: readonly Fact[]): string[] {
  if (facts.length === 0) return [];
  // A Markdown table must have a header row; an empty one is drawn as a thin line.
  return ["\n| | |\n|:--|:--|\n", ...facts.map((fact) => row([text(fact.label), cell(fact.value, fact.code)]))];
}

function tableLines(table: Table): string[] {
  const title = `\n#### ${text(table.title)}\n`;
  const more = table.omitted ? [`\n_… and ${table.omitted} more_\n`] : [];
  if (table.rows.length === 0) return [title, "\n_none_\n", ...more];
  const names = table.columns.map((column) => text(column.name));
  const rules = table.columns.map((column) => (column.align === "right" ? "--:" : ":--"));
  return [
    title,
    // One piece: a header that was cut from its rule would not be a table.
    `\n${row(names)}|${rules.join("|")}|\n`,
    ...table.rows.map((cells) => row(table.columns.map((column, at) => cell(cells[at] ?? "", column.code)))),
    ...more,
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function cell(value: string, code: boolean | undefined): string {
  if (code !== true) return text(value);
  return printable(value)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(codeSpan)
    .join("<br>");
}

function codeSpan(line: string): string {
  if (!/[|`]/.test(line)) return `\`${line}\``;
  // A backslash before a pipe still ends the cell, and a backtick ends the span: entities do neither.
  return `<code>${line.replace(/[^A-Za-z0-9 ./-]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

function text(value: string): string {
  return printable(value).trim().split("\n").map(textLine).join("<br>");
}

function textLine(line: string): string {
  // A whole URL stays a link; escapes inside a bare one would end up in its address.
  if (/^https?:\/\/[^\s<>|`]+$/.test(line)) return `<${line}>`;
  return line
    .replace(/[\\`*[\]|~#]/g, "\\$&")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function cut(lines: readonly string[], limit: number): string {
  let room = limit - Buffer.byteLength(cutNote);
  const kept: string[] = [];
  for (const line of lines) {
    room -= Buffer.byteLength(line);
    if (room < 0) break;
    kept.push(line);
  }
  return kept.join("") + cutNote;
}
