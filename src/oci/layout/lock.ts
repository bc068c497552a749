import { link, mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeOwner, livenessOf, ownerToken, stagingName, sweepStaging } from "../../content/index.ts";
import { type SlipwayError, systemCode } from "../../errors/index.ts";
import { ociError } from "../errors.ts";

export interface LockOptions {
  /** How long to wait for another process, in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Milliseconds without a touch after which a lock of another machine or container is dead; 60 s when not given. */
  readonly deadAfter?: number;
}

/** The holder touches its lock this often, for watchers that cannot see its process. */
const heartbeatMs = 5_000;
const released = "released";
/** Every lock file has this length, so that a release is one write in place and no reader sees half of it. */
const lockBytes = 64;
const draftPrefix = "draft";

/**
 * Holds a directory's lock while `work` runs. It excludes processes on one machine, and on machines or containers
 * that share the directory, without any call that only some file systems have.
 *
 * Locks are generations: files `lock.<n>` that hold their owner's token. A generation is taken by creating `n + 1`
 * with `link`, which exactly one process can do, when `n` was released or its owner is dead. The highest generation
 * is never deleted except by a holder of a higher one; so a process that created `n + 1` late, after others had
 * gone on and cleaned up, sees the higher one and steps back.
 *
 * @param work is given a check to make right before it changes something: a holder whose machine stood still for so
 *   long that another one took over must not write any more
 * @throws SlipwayError STORE_BUSY when the lock was not free in time, or was lost; the signal's reason
 */
export async function withLock<T>(
  directory: string,
  options: LockOptions,
  work: (requireHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const generation = await acquire(directory, options);
  const held = fileOf(directory, generation);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(held, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    await sweepStaging(directory, draftPrefix);
    return await work(async () => {
      if ((await highest(directory)) === generation) return;
      throw ociError("STORE_BUSY", `this process stood still, and another one took over the lock in ${directory}`);
    });
  } finally {
    clearInterval(heartbeat);
    await release(held);
  }
}

async function acquire(directory: string, { patience, signal, deadAfter = 60_000 }: LockOptions): Promise<number> {
  const deadline = performance.now() + patience;
  const stillness = new Stillness(deadAfter);
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const top = await highest(directory);
    const owner = top === undefined ? released : await ownerOf(directory, top);
    const state = top === undefined ? "free" : await stateOf(directory, top, owner, stillness);
    if (state === "free") {
      const taken = await take(directory, top);
      if (taken !== undefined) return taken;
    }
    // Whether an owner far away lives is found out first, however little patience there is: nobody else ever would.
    if (state !== "silent" && performance.now() > deadline) throw busy(directory, owner, patience);
    // Jitter, so that waiting processes do not all come back at once.
    await pause(Math.min(5 + attempt * 5, 100) * (0.5 + Math.random()), signal);
  }
}

function busy(directory: string, owner: string, patience: number): SlipwayError {
  const who = owner === released ? "other processes" : describeOwner(owner);
  return ociError("STORE_BUSY", `the lock in ${directory} was not free for ${patience / 1000} s: ${who} held it last`);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Takes the generation after the one that was found free. */
async function take(directory: string, free: number | undefined): Promise<number | undefined> {
  const generation = (free ?? 0) + 1;
  const draft = join(directory, stagingName(draftPrefix));
  try {
    await writeFile(draft, ownerToken().padEnd(lockBytes), { flag: "wx" });
    await link(draft, fileOf(directory, generation));
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const generations = await all(directory);
  // The free one is gone only when somebody went on from it, even if the listing missed how far.
  const late = Math.max(...generations) > generation || (free !== undefined && !generations.includes(free));
  const surplus = late ? [generation] : generations.filter((other) => other < generation);
  for (const other of surplus) await rm(fileOf(directory, other), { force: true });
  return late ? undefined : generation;
}

/** `silent`: the owner is elsewhere, and its lock has not been touched since it was first looked at. */
async function stateOf(
  directory: string,
  generation: number,
  owner: string,
  stillness: Stillness,
): Promise<"free" | "held" | "silent"> {
  if (owner === released) return "free";
  const liveness = livenessOf(owner);
  if (liveness !== "elsewhere") return liveness === "dead" ? "free" : "held";
  return stillness.of(generation, await modifiedAt(fileOf(directory, generation)));
}

/** Notes how long a lock was not touched. Another clock wrote its time, so only its standing still is compared. */
class Stillness {
  readonly #deadAfter: number;
  #seen: { readonly generation: number; readonly modified: number; readonly since: number } | undefined;
  #moved = false;

  constructor(deadAfter: number) {
    this.#deadAfter = deadAfter;
  }

  of(generation: number, modified: number): "free" | "held" | "silent" {
    const seen = this.#seen;
    if (seen?.generation !== generation || seen.modified !== modified) {
      this.#moved = seen !== undefined;
      this.#seen = { generation, modified, since: performance.now() };
    } else if (performance.now() - seen.since > this.#deadAfter) return "free";
    return this.#moved ? "held" : "silent";
  }
}

async function ownerOf(directory: string, generation: number): Promise<string> {
  try {
    return (await readFile(fileOf(directory, generation), "utf8")).trimEnd();
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
  try {
    await using file = await open(path, "r+");
    await file.write(released.padEnd(lockBytes), 0, "utf8");
  } catch (error) {
    // Somebody who took this process for dead has gone on already.
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

function fileOf(directory: string, generation: number): string {
  return join(directory, `lock.${generation}`);
}

async function highest(directory: string): Promise<number | undefined> {
  const generations = await all(directory);
  return generations.length === 0 ? undefined : Math.max(...generations);
}

async function all(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => (/^lock\.[1-9]\d{0,14}$/.test(name) ? [Number(name.slice("lock.".length))] : []));
}
