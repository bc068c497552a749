import { chmod, lstat, mkdir, readdir, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ContentError, type ContentPool, inParallel, stagingName, sweepStaging } from "../../content/index.ts";
import { isOutOfSpace, reason, SlipwayError, systemCode } from "../../errors/index.ts";
import type { OnBytes, ReadableStore } from "../../oci/index.ts";
import { formatError } from "../errors.ts";
import type { FormC } from "./read.ts";

/** Start of the names of directories that hold an unfinished pull; they lie beside the target. */
const pullPrefix = ".slipway-pull";
const filesAtOnce = 16;

/** True for the name of a directory that holds an unfinished pull. */
export function isStagingOfPull(name: string): boolean {
  return name.startsWith(`${pullPrefix}.`);
}

export interface UnpackOptions {
  readonly store: ReadableStore;
  readonly pool: ContentPool;
  /** Absolute; must not exist or be an empty directory. */
  readonly target: string;
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
    await requireRoom(parent, form.size, target);
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

async function fill(staging: string, form: FormC, { store, pool, onBytes }: UnpackOptions): Promise<void> {
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

/** Whether a target may become the release, or holds something. @throws SlipwayError TARGET_UNUSABLE */
export async function stateOfTarget(target: string): Promise<"free" | "occupied"> {
  return onTarget(target, async () => {
    const names = await unlessMissing(readdir(target));
    if (names !== undefined && names.length > 0) return "occupied";
    if ((await unlessMissing(lstat(target)))?.isSymbolicLink()) {
      throw formatError("TARGET_UNUSABLE", `${target} is a link, and a directory cannot take its place in one step`, {
        remedy: "Name the directory that the link shall lead to, or remove the link.",
      });
    }
    return "free";
  });
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The refusal to touch a directory that holds something else. */
export function targetOccupied(target: string): SlipwayError {
  return formatError("TARGET_NOT_EMPTY", `${target} holds something else than this release`);
}

/** Failures of the system that come from the path itself or from who may use it. */
const unusable = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ELOOP", "ENAMETOOLONG"];

/** Turns failures to use a target into errors that name it. */
export async function onTarget<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (isOutOfSpace(error) || (error instanceof ContentError && error.kind === "no-space")) {
      throw formatError("TARGET_FULL", `no room left while writing ${target}: ${reason(error)}`, { cause: error });
    }
    if (unusable.includes(systemCode(error) ?? "") || (error instanceof ContentError && error.kind === "unwritable")) {
      throw formatError("TARGET_UNUSABLE", `cannot use ${target}: ${reason(error)}`, { cause: error });
    }
    throw error;
  }
}
