import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../errors/index.ts";
import { livenessOf, ownerToken } from "./owner.ts";

/** Leavings of another machine or container are removed only when nothing touched them for this long. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** A name for a temporary file or directory that tells, after a crash, that nobody needs it any more. */
export function stagingName(prefix: string): string {
  return `${prefix}.${ownerToken()}.${randomBytes(4).toString("hex")}`;
}

/**
 * Removes what killed processes left behind in a directory: entries named by `stagingName(prefix)` whose process
 * is gone. Entries of living processes and everything else stay.
 *
 * @returns how many entries were removed; 0 when the directory does not exist
 */
export async function sweepStaging(directory: string, prefix: string): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(directory)) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const token = name.slice(prefix.length + 1).replace(/\.[0-9a-f]{8}$/, "");
    const path = join(directory, name);
    const liveness = livenessOf(token);
    if (liveness === "alive" || (liveness === "elsewhere" && !(await isAbandoned(path)))) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return Date.now() - (await lstat(path)).mtimeMs > abandonedAfterMs;
  } catch {
    return false;
  }
}
