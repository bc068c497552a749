/** Files that a script makes and the repository keeps: written in one go, or compared with what is there. */

import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCode } from "../src/errors/index.ts";
import { findFiles } from "./find-files.ts";

export interface GeneratedFile {
  /** Relative to the repository root, with forward slashes. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly executable?: boolean;
}

/** Everything that one script makes. */
export interface GeneratedFiles {
  readonly files: readonly GeneratedFile[];
  /** Globs of what only this script writes: whatever else they find is left over from an earlier run. */
  readonly owned: readonly string[];
}

export interface Drift {
  readonly path: string;
  readonly kind: "missing" | "changed" | "left over";
}

/** What to tell about a file that differs, or that was just made equal. */
export function driftLine({ path, kind }: Drift, written: boolean): string {
  if (!written) return `${path}: ${kind}`;
  return `${path}: ${kind === "left over" ? "removed" : "written"}, was ${kind}`;
}

/** How the tree differs from what would be written, sorted by path; empty when nothing does. */
export async function findDrift(root: string, { files, owned }: GeneratedFiles): Promise<readonly Drift[]> {
  const compared = await Promise.all(files.map((file) => compare(root, file)));
  const expected = new Set(files.map((file) => file.path));
  const leftOver = (await findFiles(root, owned)).filter((path) => !expected.has(path));
  return [...compared.flat(), ...leftOver.map((path): Drift => ({ path, kind: "left over" }))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** Makes the tree equal to the files, touching only what differs, and returns what did. */
export async function writeFiles(root: string, generated: GeneratedFiles): Promise<readonly Drift[]> {
  const drift = await findDrift(root, generated);
  const byPath = new Map(generated.files.map((file) => [file.path, file]));
  for (const { path } of drift) {
    const file = byPath.get(path);
    const place = join(root, path);
    if (file === undefined) {
      await rm(place);
      continue;
    }
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, file.content);
    await chmod(place, file.executable === true ? 0o755 : 0o644);
  }
  return drift;
}

async function compare(root: string, file: GeneratedFile): Promise<readonly Drift[]> {
  const place = join(root, file.path);
  let found: Buffer;
  let mode: number;
  try {
    [found, { mode }] = await Promise.all([readFile(place), stat(place)]);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [{ path: file.path, kind: "missing" }];
    throw error;
  }
  const executable = (mode & 0o100) !== 0;
  if (found.equals(Buffer.from(file.content)) && executable === (file.executable ?? false)) return [];
  return [{ path: file.path, kind: "changed" }];
}
