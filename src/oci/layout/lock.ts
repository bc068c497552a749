import { link, mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { livenessOf, ownerToken, stagingName } from "../../content/index.ts";
import { systemCode } from "../../errors/index.ts";
import { ociError } from "../errors.ts";

export interface LockOptions {
  /** How long to wait for another process, in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** The holder touches its lock this often, for watchers that cannot see its process. */
const heartbeatMs = 5_000;
/** A lock of another machine or container that was not touched for this long is dead. */
const deadAfterMs = 60_000;
const released = "released";
/** Every lock file has this length, so that a release is one write in place and no reader sees half of it. */
const lockBytes = 64;

/**
 * Holds a directory's lock while `work` runs. It excludes processes on one machine, and on machines or containers
 * that share the directory, without any call that only some file systems have.
 *
 * Locks are generations: files `lock.<n>` that hold their owner's token. A generation is taken by creating `n + 1`
 * with `link`, which exactly one process can do, when `n` was released or its owner is dead. The highest generation
 * is never deleted except by a holder of a higher one; so a process that created `n + 1` late, after others had
 * gone on and cleaned up, sees the higher one and steps back.
 *
 * @throws SlipwayError STORE_BUSY when the lock was not free in time
 */
export async function withLock<T>(directory: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const held = await acquire(directory, options);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(held, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await release(held);
  }
}

async function acquire(directory: string, { patience, signal }: LockOptions): Promise<string> {
  const deadline = Date.now() + patience;
  const seen = new Map<string, { modified: number; since: number }>();
  for (let attempt = 0; ; attempt += 1) {
    const top = await highest(directory);
    if (top === undefined || (await isFree(directory, top, seen))) {
      const held = await take(directory, (top ?? 0) + 1);
      if (held !== undefined) return held;
    } else if (Date.now() > deadline) {
      const owner = await ownerOf(directory, top);
      throw ociError("STORE_BUSY", `another process (${owner}) is writing to the store since more than ${Math.round(patience / 1000)} s`);
    }
    // Jitter, so that waiting processes do not all come back at once.
    await sleep(Math.min(5 + attempt * 5, 100) * (0.5 + Math.random()), undefined, { signal });
  }
}

async function take(directory: string, generation: number): Promise<string | undefined> {
  const path = join(directory, `lock.${generation}`);
  const draft = join(directory, stagingName("draft"));
  await writeFile(draft, ownerToken().padEnd(lockBytes), { flag: "wx" });
  try {
    await link(draft, path);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const generations = await all(directory);
  if (Math.max(...generations) > generation) {
    await rm(path, { force: true });
    return undefined;
  }
  for (const older of generations) {
    if (older < generation) await rm(join(directory, `lock.${older}`), { force: true });
  }
  return path;
}

async function isFree(
  directory: string,
  generation: number,
  seen: Map<string, { modified: number; since: number }>,
): Promise<boolean> {
  const owner = await ownerOf(directory, generation);
  if (owner === released) return true;
  const liveness = livenessOf(owner);
  if (liveness !== "elsewhere") return liveness === "dead";
  // Another clock wrote the time, so only its standing still is compared, with our own clock.
  const modified = await modifiedAt(join(directory, `lock.${generation}`));
  const key = `${generation} ${owner}`;
  const before = seen.get(key);
  if (before?.modified !== modified) {
    seen.set(key, { modified, since: Date.now() });
    return false;
  }
  return Date.now() - before.since > deadAfterMs;
}

async function ownerOf(directory: string, generation: number): Promise<string> {
  try {
    return (await readFile(join(directory, `lock.${generation}`), "utf8")).trimEnd();
  } catch (error) {
    // Deleted meanwhile by the holder of a higher generation.
    if (systemCode(error) === "ENOENT") return released;
    throw error;
  }
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

async function release(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.write(released.padEnd(lockBytes), 0, "utf8");
}

async function highest(directory: string): Promise<number | undefined> {
  const generations = await all(directory);
  return generations.length === 0 ? undefined : Math.max(...generations);
}

async function all(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => (/^lock\.\d{1,15}$/.test(name) ? [Number(name.slice("lock.".length))] : []));
}
