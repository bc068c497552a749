import { constants } from "node:fs";
import { access, readdir, stat, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type ContentPool, sweepStaging } from "../../../content/index.ts";
import { reason, systemCode } from "../../../errors/index.ts";
import { ociError } from "../../errors.ts";
import { type Finding, finding } from "../../finding.ts";
import type { LayoutReference } from "../../reference.ts";
import { checkLayout } from "../check-layout.ts";
import { LayoutDirectory } from "../layout-directory.ts";
import { LayoutStore } from "../layout-store.ts";
import { type Attempt, judgeLayout, judgeLeavings, judgeLock, judgeSpace, judgeWritable } from "./judge.ts";

export interface LayoutProbeOptions {
  readonly pool: ContentPool;
  readonly signal: AbortSignal;
  /** Leaves out what writes. */
  readonly readOnly: boolean;
  /** Bytes of what is to be packaged. */
  readonly needed: number | undefined;
}

/** Another process holds the lock for a moment only. */
const lockPatienceMs = 5000;
const unfinished = /^(ingest|draft)\./;

/**
 * Looks at a layout directory: is it whole, can it be written to and locked, what lies around in it, how much room is
 * left. One that is not there is not made.
 *
 * @throws the signal's reason
 */
export async function probeLayout(
  reference: LayoutReference,
  { pool, signal, readOnly, needed }: LayoutProbeOptions,
): Promise<readonly Finding[]> {
  const place = await existing(reference.directory);
  const there = place === reference.directory;
  let tags: number | undefined;
  const whole = await attempt(signal, async () => {
    if (!there) return;
    const store = await LayoutStore.open(reference, { pool, signal });
    await checkLayout(store);
    tags = (await store.tags()).length;
  });
  const space = judgeSpace(await freeAt(place), needed);
  const layout = judgeLayout(whole, tags);
  if (!there || !whole.ok) {
    const writable = await attempt(signal, () => requireAccess(place));
    // Nothing is written into a directory that is no layout.
    const untried = ["lock", "leavings"].map((check) => finding(check, "skipped", "there is no layout to look at"));
    return [layout, judgeWritable(writable, false), ...untried, space];
  }
  const directory = new LayoutDirectory(reference);
  const names = await unfinishedIn(directory.privatePath);
  if (readOnly) {
    const writable = await attempt(signal, () => requireAccess(place));
    const lock = finding("lock", "skipped", "nothing was to be written");
    return [layout, judgeWritable(writable, false), lock, judgeLeavings(names.length, 0), space];
  }
  const removed =
    (await sweepStaging(directory.privatePath, "ingest")) + (await sweepStaging(directory.privatePath, "draft"));
  const writable = await attempt(signal, () =>
    directory.withDraft((draft) => writeFile(draft, "A probe of `slipway doctor`.\n", { flag: "wx", flush: true })),
  );
  const patient = AbortSignal.any([signal, AbortSignal.timeout(2 * lockPatienceMs)]);
  const lock = await attempt(signal, () =>
    directory.locked({ patience: lockPatienceMs, signal: patient }, (requireHeld) => requireHeld()),
  );
  return [
    layout,
    judgeWritable(writable, true),
    judgeLock(lock, lockPatienceMs),
    judgeLeavings(names.length, removed),
    space,
  ];
}

/** The directory, or the nearest one above it that is there. */
async function existing(directory: string): Promise<string> {
  try {
    await stat(directory);
    return directory;
  } catch (error) {
    const above = dirname(directory);
    if (systemCode(error) === "ENOENT" && above !== directory) return existing(above);
    return directory;
  }
}

/** Bytes that this user may still write; undefined where the file system does not tell. */
async function freeAt(directory: string): Promise<number | undefined> {
  try {
    const room = await statfs(directory);
    return room.bavail * room.bsize;
  } catch {
    return undefined;
  }
}

async function requireAccess(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw ociError("STORE_UNREADABLE", `nothing can be written to ${directory}: ${reason(cause)}`, { cause });
  }
}

async function unfinishedIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => unfinished.test(name));
  } catch {
    return [];
  }
}

async function attempt(signal: AbortSignal, work: () => Promise<unknown>): Promise<Attempt> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, error };
  }
}
