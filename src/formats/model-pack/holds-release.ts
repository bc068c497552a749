import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ContentError, type ContentPool, identityOf, inParallel } from "../../content/index.ts";
import { systemCode } from "../../errors/index.ts";
import { digestOf, hexOf, type OnBytes } from "../../oci/index.ts";
import { type Companion, companionMode } from "./companion.ts";
import type { FormC } from "./read.ts";
import { onTarget } from "./target.ts";

/** What a file must be. */
interface Expected {
  readonly mode: number;
  readonly size: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly hash: string;
}

/** Something of the listing is not what the release has; ends the comparison. */
class Different extends Error {}

/**
 * Whether a directory holds exactly the files of a release: no other, no fewer, the same bytes and modes. Reads every
 * byte, since a directory carries no proof of what is in it.
 *
 * @param companion what lies beside them, and must be there as well
 * @throws SlipwayError TARGET_UNUSABLE when a directory in it may not be read
 */
export async function holdsRelease(
  form: FormC,
  directory: string,
  pool: ContentPool,
  onBytes: OnBytes,
  companion?: Companion,
): Promise<boolean> {
  const expected = expectedFiles(form, companion);
  return onTarget(directory, async () => {
    try {
      const found = await filesIn(directory, "", expected.size);
      if (found.length !== expected.size) return false;
      await inParallel(
        found,
        16,
        (path) => requireSame(join(directory, path), expected.get(path), pool, onBytes),
        async () => {},
      );
      return true;
    } catch (error) {
      // What disappears while it is compared was not the release either.
      if (error instanceof Different || error instanceof ContentError || systemCode(error) === "ENOENT") return false;
      throw error;
    }
  });
}

function expectedFiles({ files }: FormC, companion: Companion | undefined): ReadonlyMap<string, Expected> {
  const expected = new Map<string, Expected>(
    files.map(({ path, mode, blob }) => [path, { mode, size: blob.size, hash: hexOf(blob.digest) }]),
  );
  if (companion !== undefined) {
    const { name, bytes } = companion;
    expected.set(name, { mode: companionMode, size: bytes.length, hash: hexOf(digestOf(bytes)) });
  }
  return expected;
}

async function filesIn(directory: string, path: string, atMost: number): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(directory, path), { withFileTypes: true })) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesIn(directory, below, atMost)));
    else if (entry.isFile()) files.push(below);
    else throw new Different();
    // A target such as "/" must not be walked to its end.
    if (files.length > atMost) throw new Different();
  }
  return files;
}

async function requireSame(
  path: string,
  file: Expected | undefined,
  pool: ContentPool,
  onBytes: OnBytes,
): Promise<void> {
  if (file === undefined) throw new Different();
  const found = await lstat(path, { bigint: true });
  if (Number(found.size) !== file.size) throw new Different();
  if ((Number(found.mode) & 0o7777) !== file.mode) throw new Different();
  const { sha256 } = await pool.run({ source: path, size: file.size, identity: identityOf(found) }, onBytes);
  if (sha256 !== file.hash) throw new Different();
}
