import { readFile, stat } from "node:fs/promises";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { reason, SlipwayError } from "../../errors/index.ts";
import { signingError } from "../errors.ts";
import { parseTrustedRoot } from "./trusted-root.ts";

const maxRootBytes = 4 * 1024 * 1024;

/**
 * Reads the file of a trusted root.
 * @throws SlipwayError TRUSTED_ROOT_INVALID
 */
export async function readTrustedRootFile(path: string): Promise<TrustedRoot> {
  return parseTrustedRoot(await readWhole(path), path);
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > maxRootBytes) {
      throw signingError("TRUSTED_ROOT_INVALID", `${path} is too large to be a trusted root`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw signingError("TRUSTED_ROOT_INVALID", `cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}
