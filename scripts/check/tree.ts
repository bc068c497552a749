/** Rules about the repository's files that no tool knows. */

import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../peers/run.ts";

/** Every folder of the library, and the two lists, say in their first line what belongs there. */
export async function missingIntroductions(root: string): Promise<readonly string[]> {
  const folders = ["actions", "action-fixtures"];
  for await (const entry of glob("src/*", { cwd: root, withFileTypes: true })) {
    if (entry.isDirectory()) folders.push(`src/${entry.name}`);
  }
  const faults = await Promise.all(
    folders.sort().map(async (folder) => {
      const text = await readFile(join(root, folder, "index.ts"), "utf8").catch(() => undefined);
      if (text === undefined) return `${folder} has no index.ts`;
      return /^\s*(?:\/\/ ?\S|\/\*\*)/.test(text) ? undefined : `${folder}/index.ts does not begin with a comment`;
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}

/** Addresses in the lock file would make every install depend on the registry of the one who wrote it. */
export function lockedAddresses(lockFile: string): readonly string[] {
  const { packages }: { packages?: Record<string, { resolved?: string }> } = JSON.parse(lockFile);
  return Object.entries(packages ?? {})
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(([name]) => `package-lock.json says where ${name} came from`);
}

// Each is written so that it does not find itself.
const places: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.$})-])\/(?:home|root|work)\/(?!\s|$)/, "a path of one machine"],
  [/\bregistry[.]npmjs[.]org|\bpypi[.]org|\bpythonhosted[.]org|\bproxy[.]golang[.]org/, "a package registry's host"],
];

/** Lines that hold a place which exists on one machine, or in one network, only. */
export function foreignPlaces(path: string, text: string): readonly string[] {
  return text
    .split("\n")
    .flatMap((line, i) =>
      places.filter(([pattern]) => pattern.test(line)).map(([, what]) => `${path}:${i + 1} holds ${what}`),
    );
}

/** The same for every file that is or would be committed; `dist/` is checked where it is built. */
export async function foreignPlacesIn(root: string): Promise<readonly string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ":!dist", ":!package-lock.json"];
  const { code, stdout, stderr } = await run("git", args, { cwd: root });
  if (code !== 0) throw new Error(`git ls-files: ${stderr}`);
  const paths = stdout.split("\0").filter((path) => path !== "");
  const faults = await Promise.all(
    paths.map(async (path) => {
      // A file may be deleted and not yet committed so.
      const bytes = await readFile(join(root, path)).catch(() => Buffer.alloc(0));
      return bytes.includes(0) ? [] : foreignPlaces(path, bytes.toString("utf8"));
    }),
  );
  return faults.flat();
}
