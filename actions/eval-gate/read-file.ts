import { readFile, stat } from "node:fs/promises";
import { reason, SlipwayError } from "../../src/errors/index.ts";
import { evalGateError } from "./errors.ts";

/** Reads a file that a user named. @throws SlipwayError EVALUATION_UNREADABLE also when it is larger than `limit` bytes */
export async function readInputFile(path: string, limit: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > limit) {
      throw evalGateError("EVALUATION_UNREADABLE", `${path} has ${size} bytes; ${limit} are read at most`);
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw evalGateError("EVALUATION_UNREADABLE", `cannot read ${path}: ${reason(cause)}`, { cause });
  }
}
