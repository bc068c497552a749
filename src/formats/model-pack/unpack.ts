import { chmod, mkdir, rename, rm, statfs, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ContentPool, inParallel, stagingName, sweepStaging } from "../../content/index.ts";
import { systemCode } from "../../errors/index.ts";
import type { OnBytes, ReadableStore } from "../../oci/index.ts";
import { formatError } from "../errors.ts";
import { type Companion, companionMode } from "./companion.ts";
import type { FormC } from "./read.ts";
import { onTarget, pullPrefix } from "./target.ts";

const filesAtOnce = 16;

export interface UnpackOptions {
  readonly store: ReadableStore;
  readonly pool: ContentPool;
  /** Absolute; must not exist or be an empty directory. */
  readonly target: string;
  /** Written beside the files of the release, in the same step. */
  readonly companion?: Companion | undefined;
  readonly onBytes: OnBytes;
  /** Told the directory that must be removed if this process is killed. */
  readonly onStaging: (directory: string) => void;
}

/**
 * Writes the files of a release into a new directory, each verified while it is written, and moves it to `target` in
 * one rename when all are there. Whatever fails, `target` is untouched.
 *
 * @throws SlipwayError TARGET_NOT_EMPTY, TARGET_FULL, TARGET_UNUSABLE and what the store throws
 */
export async function unpack(form: FormC, options: UnpackOptions): Promise<void> {
  const { target } = options;
  await onTarget(target, async () => {
    const parent = dirname(target);
    await mkdir(parent, { recursive: true });
    await sweepStaging(parent, pullPrefix);
    await requireRoom(parent, form.size + (options.companion?.bytes.length ?? 0), target);
    const staging = join(parent, stagingName(pullPrefix));
    options.onStaging(staging);
    try {
      await fill(staging, form, options);
      await moveInto(target, staging);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

async function fill(staging: string, form: FormC, { store, pool, companion, onBytes }: UnpackOptions): Promise<void> {
  await makeDirectory(staging);
  for (const directory of directoriesOf(form.files.map((file) => file.path)))
    await makeDirectory(join(staging, directory));
  await inParallel(
    form.files,
    filesAtOnce,
    async ({ path, mode, blob }) => {
      const file = join(staging, path);
      await store.pullFile(blob, file, mode, onBytes);
      // The umask of whoever pulls must not decide whether a server under another user can read the model.
      await chmod(file, mode);
    },
    () => pool.close(),
  );
  if (companion === undefined) return;
  const file = join(staging, companion.name);
  await writeFile(file, companion.bytes, { flag: "wx" });
  await chmod(file, companionMode);
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, 0o755);
}

/** Every directory on the way to a file, parents first. */
function directoriesOf(paths: readonly string[]): string[] {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      directories.add(path.slice(0, slash));
    }
  }
  return [...directories].sort((a, b) => a.length - b.length);
}

async function requireRoom(directory: string, needed: number, target: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= needed) return;
  throw formatError("TARGET_FULL", `${target} needs ${needed} bytes, the disk has ${bavail * bsize} left`);
}

async function moveInto(target: string, staging: string): Promise<void> {
  try {
    // On Linux an empty directory is replaced in one step as well.
    await rename(staging, target);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR") {
      throw formatError("TARGET_NOT_EMPTY", `${target} was filled by somebody else meanwhile`, { cause: error });
    }
    if (code === "EBUSY") {
      throw formatError("TARGET_UNUSABLE", `${target} is a mount point and cannot be replaced in one step`, {
        remedy: `Pull into a directory below it, for example ${join(target, basename(target))}.`,
        cause: error,
      });
    }
    throw error;
  }
}
