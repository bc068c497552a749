import { columns, formatBytes, formatDuration, formatRate, styleFor } from "../../report/index.ts";
import type { Reading } from "./meter.ts";

const longestBar = 24;
const shortestBar = 8;
/** Columns of ` 45%`, `1.20/2.70 GB`, `120 MB/s` and `12m30s left`, two apart: reserved, so that the bar keeps its length. */
const figureColumns = [4, 14, 9, 11];
const reserved = figureColumns.reduce((sum, width) => sum + width + 2, 0);

/** Progress as one line of a log: `push layers: 45%, 1.20 GB of 2.70 GB, 120 MB/s, 12s left`. */
export function logLine(title: string, reading: Reading): string {
  const { done, total } = reading;
  const bytes =
    total === undefined ? formatBytes(done) : `${formatBytes(Math.min(done, total))} of ${formatBytes(total)}`;
  const figures = [percent(reading), bytes, rate(reading), remaining(reading)];
  return `${title}: ${figures.filter((figure) => figure !== "").join(", ")}`;
}

/** Progress as one line of a terminal, with a bar where there is room for it; never longer than `width`. */
export function liveLine(title: string, reading: Reading, width: number, color: boolean): string {
  const figures = [percent(reading), bytesOfTotal(reading), rate(reading), remaining(reading)];
  const share = fraction(reading);
  const room = width - columns(title) - 2 - reserved;
  if (share === undefined || room < shortestBar) {
    return shorten([title, ...figures.filter((figure) => figure !== "")].join("  "), width);
  }
  const length = Math.min(room, longestBar);
  const full = Math.floor(share * length);
  const style = styleFor(color);
  const bar = style.accent("█".repeat(full)) + style.faint("░".repeat(length - full));
  const aligned = figures.map((figure, at) => figure.padStart(figureColumns[at] ?? 0));
  return [title, bar, ...aligned].join("  ").trimEnd();
}

function percent(reading: Reading): string {
  const share = fraction(reading);
  return share === undefined ? "" : `${Math.floor(share * 100)}%`;
}

function rate({ bytesPerSecond }: Reading): string {
  if (bytesPerSecond === undefined) return "";
  return bytesPerSecond > 0 ? formatRate(bytesPerSecond) : "stalled";
}

function remaining({ remainingMilliseconds }: Reading): string {
  if (remainingMilliseconds === undefined) return "";
  // Tenths of a second in a guess only flicker.
  const seconds = Math.max(1, Math.ceil(remainingMilliseconds / 1000));
  return `${formatDuration(seconds * 1000)} left`;
}

/** `1.20/2.70 GB`; the unit once where both have the same. */
function bytesOfTotal({ done, total }: Reading): string {
  if (total === undefined) return formatBytes(done);
  const [amount = "", unit = ""] = formatBytes(Math.min(done, total)).split(" ");
  const whole = formatBytes(total);
  return whole.endsWith(` ${unit}`) ? `${amount}/${whole}` : `${amount} ${unit}/${whole}`;
}

function fraction({ done, total }: Reading): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
}

function shorten(text: string, width: number): string {
  return columns(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join("")}…`;
}
