import { glob } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Files below `root` that any of the globs finds: relative to it, with forward slashes, sorted. */
export async function findFiles(root: string, globs: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const entry of glob(globs, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) found.add(relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
  }
  return [...found].sort();
}
