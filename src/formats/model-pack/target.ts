import { lstat, readdir } from "node:fs/promises";
import { ContentError } from "../../content/index.ts";
import { isOutOfSpace, reason, SlipwayError, systemCode } from "../../errors/index.ts";
import { formatError } from "../errors.ts";

/** Start of the names of what holds an unfinished pull; it lies beside the target. */
export const pullPrefix = ".slipway-pull";

/** True for the name of what holds an unfinished pull. */
export function isStagingOfPull(name: string): boolean {
  return name.startsWith(`${pullPrefix}.`);
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

/** The refusal to touch a directory that holds something else. @param what something else, when it is known */
export function targetOccupied(target: string, what = "something else than this release"): SlipwayError {
  return formatError("TARGET_NOT_EMPTY", `${target} holds ${what}`);
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
