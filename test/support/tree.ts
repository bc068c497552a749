import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * Everything below a directory: path → type, mode and content. Two equal trees are equal for whoever looks.
 * Locks of stores are left out: taking and releasing one is not a change of the store.
 */
export async function treeOf(directory: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (/^lock\.\d+$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    tree[path.slice(directory.length + 1)] = await describe(path);
  }
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function describe(path: string): Promise<string> {
  // A name that is not UTF-8 is listed with a replacement character and cannot be opened by it.
  if (path.includes("\ufffd")) return "not UTF-8";
  const found = await lstat(path);
  const mode = (found.mode & 0o7777).toString(8);
  if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (found.isFile())
    return `file ${mode} ${createHash("sha256")
      .update(await readFile(path))
      .digest("hex")}`;
  return `${found.isDirectory() ? "directory" : "special"} ${mode}`;
}
