import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { reason, SlipwayError } from "../errors/index.ts";
import { signingError } from "./errors.ts";
import { readTrustedKey, type TrustedKey } from "./key.ts";

const maxKeyBytes = 64 * 1024;

/**
 * Reads the public keys that a step trusts.
 *
 * @param paths PEM files, absolute or relative to `directory`
 * @throws SlipwayError KEY_MALFORMED, KEY_TYPE_UNSUPPORTED
 */
export async function readTrustedKeys(paths: readonly string[], directory: string): Promise<readonly TrustedKey[]> {
  const keys: TrustedKey[] = [];
  for (const path of paths) keys.push(await readOne(path, directory));
  if (keys.length === 0) throw signingError("KEY_MALFORMED", "no public key was named");
  return keys;
}

async function readOne(path: string, directory: string): Promise<TrustedKey> {
  const place = resolve(directory, path);
  try {
    if ((await stat(place)).size > maxKeyBytes) throw signingError("KEY_MALFORMED", `${path} is too large to be a key`);
    return readTrustedKey(await readFile(place), path);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw signingError("KEY_MALFORMED", `cannot read the public key ${path}: ${reason(error)}`, { cause: error });
  }
}
