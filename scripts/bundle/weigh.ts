/** How much code a program loads before its first line runs, and how much it may load in all. */

import type { Metafile } from "esbuild";
import { textTable } from "../text-table.ts";

export interface Weight {
  readonly entry: string;
  /** Bytes and files that are loaded and compiled before anything runs. */
  readonly atOnce: { readonly bytes: number; readonly files: number };
  /** The same with everything that can be loaded later. */
  readonly inAll: { readonly bytes: number; readonly files: number };
}

/** The weight of every entry, heaviest start first. */
export function weigh(metafile: Metafile, entries: readonly string[]): readonly Weight[] {
  return entries
    .map((entry) => ({
      entry,
      atOnce: sum(metafile, loadedBy(metafile, entry, { later: false })),
      inAll: sum(metafile, loadedBy(metafile, entry, { later: true })),
    }))
    .sort((a, b) => b.atOnce.bytes - a.atOnce.bytes || (a.entry < b.entry ? -1 : 1));
}

export function weightTable(weights: readonly Weight[]): string {
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
  return textTable(
    [
      { name: "entry" },
      { name: "kB at once", align: "right" },
      { name: "files", align: "right" },
      { name: "kB in all", align: "right" },
      { name: "files", align: "right" },
    ],
    weights.map(({ entry, atOnce, inAll }) => [
      entry,
      kilobytes(atOnce.bytes),
      String(atOnce.files),
      kilobytes(inAll.bytes),
      String(inAll.files),
    ]),
  );
}

/** The output files that an entry loads before its first line runs; with `later`, also those that it can load then. */
export function loadedBy(metafile: Metafile, entry: string, { later }: { readonly later: boolean }): readonly string[] {
  const seen = new Set<string>();
  const open = [`dist/${entry}.js`];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const imported of metafile.outputs[path]?.imports ?? []) {
      if (imported.external !== true && (later || imported.kind === "import-statement")) open.push(imported.path);
    }
  }
  return [...seen];
}

function sum(metafile: Metafile, files: readonly string[]): { bytes: number; files: number } {
  const bytes = files.reduce((total, path) => total + (metafile.outputs[path]?.bytes ?? 0), 0);
  return { bytes, files: files.length };
}
