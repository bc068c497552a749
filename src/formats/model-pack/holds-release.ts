import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ContentError, type ContentPool, identityOf, inParallel } from "../../content/index.ts";
import { systemCode } from "../../errors/index.ts";
import { hexOf, type OnBytes } from "../../oci/index.ts";
import type { FormC, ReleaseFile } from "./read.ts";
import { onTarget } from "./unpack.ts";

/** Something of the listing is not what the release has; ends the comparison. */
class Different extends Error {}

/**
 * Whether a directory holds exactly the files of a release: no other, no fewer, the same bytes and modes. Reads every
 * byte, since a directory carries no proof of what is in it.
 *
 * @throws SlipwayError TARGET_UNUSABLE when a directory in it may not be read
 */
export async function holdsRelease(
  form: FormC,
  directory: string,
  pool: ContentPool,
  onBytes: OnBytes,
): Promise<boolean> {
  const expected = new Map(form.files.map((file) => [file.path, file]));
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
  file: ReleaseFile | undefined,
  pool: ContentPool,
  onBytes: OnBytes,
): Promise<void> {
  if (file === undefined) throw new Different();
  const found = await lstat(path, { bigint: true });
  if (Number(found.size) !== file.blob.size) throw new Different();
  if ((Number(found.mode) & 0o7777) !== file.mode) throw new Different();
  const { sha256 } = await pool.run({ source: path, size: file.blob.size, identity: identityOf(found) }, onBytes);
  if (sha256 !== hexOf(file.blob.digest)) throw new Different();
}
