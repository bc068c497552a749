import { constants } from "node:fs";
import { chmod, open, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { stagingName, sweepStaging } from "../../content/index.ts";
import { systemCode } from "../../errors/index.ts";
import { formatError } from "../errors.ts";
import { onTarget, pullPrefix } from "./target.ts";

/** A small file that lies beside those of a release in a directory, and is none of them. */
export interface Companion {
  /** Name at the top of the directory; no file of the release has it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const companionMode = 0o644;
const maxCompanionBytes = 16 * 1024 * 1024;

/**
 * Reads a companion that a directory may hold; undefined when there is none, or something else of that name.
 * @throws SlipwayError TARGET_UNUSABLE
 */
export async function readCompanion(directory: string, name: string): Promise<Companion | undefined> {
  return onTarget(directory, async () => {
    try {
      // Neither a link nor a pipe that nobody writes to may hold this up.
      await using file = await open(
        join(directory, name),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      const found = await file.stat();
      if (!found.isFile() || found.size > maxCompanionBytes) return undefined;
      const { size } = found;
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
      return bytesRead === size ? { name, bytes: buffer } : undefined;
    } catch (error) {
      if (["ENOENT", "ELOOP", "ENXIO"].includes(systemCode(error) ?? "")) return undefined;
      throw error;
    }
  });
}

/**
 * Adds a companion to a directory that holds a release: it is there whole, or not at all.
 *
 * @param onStaging told what must be removed if this process is killed
 * @throws SlipwayError TARGET_FULL, TARGET_UNUSABLE
 */
export async function addCompanion(
  target: string,
  { name, bytes }: Companion,
  onStaging: (path: string) => void,
): Promise<void> {
  await onTarget(target, async () => {
    const directory = await realpath(target);
    const parent = dirname(directory);
    await sweepStaging(parent, pullPrefix);
    const staging = join(parent, stagingName(pullPrefix));
    onStaging(staging);
    try {
      await writeFile(staging, bytes, { flag: "wx" });
      await chmod(staging, companionMode);
      await rename(staging, join(directory, name));
    } catch (error) {
      if (systemCode(error) !== "EXDEV") throw error;
      throw formatError(
        "TARGET_UNUSABLE",
        `${target} is a mount point, into which ${name} cannot be moved in one step`,
        {
          remedy: `Pull into a directory below it, for example ${join(target, basename(target))}.`,
          cause: error,
        },
      );
    } finally {
      await rm(staging, { force: true });
    }
  });
}
