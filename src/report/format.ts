const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A number of bytes in decimal units with three digits: `999 B`, `1.50 kB`, `12.3 MB`, `4.00 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Compared after rounding, so that 999 950 bytes are 1.00 MB and not 1000 kB.
  while (Number(value.toPrecision(3)) >= 1000 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${byteUnits[unit]}`;
}

/** Bytes per second: `120 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** How long some bytes took, and how fast that was: `2.4s, 120 MB/s`. */
export function formatPace(bytes: number, milliseconds: number): string {
  return `${formatDuration(milliseconds)}, ${formatRate((bytes / Math.max(milliseconds, 1)) * 1000)}`;
}

/** Milliseconds in the grammar that duration inputs take, two units at most: `850ms`, `2.4s`, `45s`, `2m5s`, `1h30m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)}ms`;
  if (milliseconds < 9_950) return `${Number((milliseconds / 1000).toFixed(1))}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return pair(seconds, 60, "m", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, "h", "m");
  return pair(Math.round(minutes / 60), 24, "d", "h");
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  return `${Math.floor(amount / size)}${large}${rest === 0 ? "" : `${rest}${small}`}`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
