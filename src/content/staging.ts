import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isOwnerToken, livenessOf, type OwnerToken, ownerToken } from "./owner.ts";

/** Leavings of another machine or container are removed only when nothing touched them for this long. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** A name for a temporary file or directory that tells, after a crash, that nobody needs it any more. */
export function stagingName(prefix: string): string {
  return `${prefix}.${ownerToken()}.${randomBytes(4).toString("hex")}`;
}

/**
 * Removes what killed processes left behind in a directory: entries named by `stagingName(prefix)` whose process
 * is gone. Entries of living processes and everything else stay, and so does what this user may not remove: sweeping
 * is a courtesy, and no reason for the work that follows to fail.
 *
 * @returns how many entries were removed; 0 when the directory does not exist
 */
export async function sweepStaging(directory: string, prefix: string): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(directory)) {
    const token = tokenIn(name, prefix);
    if (token === undefined) continue;
    const path = join(directory, name);
    const liveness = livenessOf(token);
    if (liveness === "alive" || (liveness === "elsewhere" && !(await isAbandoned(path)))) continue;
    if (await isRemoved(path)) removed += 1;
  }
  return removed;
}

function tokenIn(name: string, prefix: string): OwnerToken | undefined {
  if (!name.startsWith(`${prefix}.`)) return undefined;
  const [token, random, ...more] = name.slice(prefix.length + 1).split(".");
  const named = token !== undefined && isOwnerToken(token) && random !== undefined && /^[0-9a-f]{8}$/.test(random);
  return named && more.length === 0 ? token : undefined;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

async function isRemoved(path: string): Promise<boolean> {
  try {
    await rm(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return Date.now() - (await lstat(path)).mtimeMs > abandonedAfterMs;
  } catch {
    return false;
  }
}
