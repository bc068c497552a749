import { copyFile, link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";

const manifestSchema = z.object({ layers: z.array(z.object({ digest: z.string(), size: z.number() })).min(1) });

/**
 * Copies a layout and changes one bit in the middle of the largest file of a release. Untouched blobs are linked, so
 * that the copy of a large store costs next to nothing; the changed one is a file of its own.
 */
export async function tamperedCopy(store: string, digest: string, target: string): Promise<void> {
  const source = store.slice("oci:".length);
  const blob = (of: string): string => join("blobs", "sha256", of.slice("sha256:".length));
  const { layers } = manifestSchema.parse(JSON.parse(await readFile(join(source, blob(digest)), "utf8")));
  const largest = layers.reduce((one, other) => (other.size > one.size ? other : one));

  await rm(target, { recursive: true, force: true });
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = path.slice(source.length + 1);
    await mkdir(dirname(join(target, file)), { recursive: true });
    await (file === blob(largest.digest) || !file.startsWith("blobs") ? copyFile : link)(path, join(target, file));
  }
  await flipBit(join(target, blob(largest.digest)), Math.floor(largest.size / 2));
}

async function flipBit(path: string, position: number): Promise<void> {
  await using file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, position);
}
