import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContentPool } from "../../src/content/index.ts";
import { packFormC, type ReleaseFacts } from "../../src/formats/index.ts";
import type { WritableStore } from "../../src/oci/index.ts";
import { listModelDirectory } from "../../src/sources/index.ts";
import { layoutOptions, storeAt } from "./layout.ts";

export const releaseFacts: ReleaseFacts = {
  name: "retina/seg",
  version: "1.0.0",
  variant: "jetson",
  tag: "1.0.0-jetson",
  owner: "vision-team@example.com",
  licence: "Apache-2.0",
  description: undefined,
  modelCard: undefined,
  format: "safetensors",
  precision: "bf16",
  source: undefined,
  revision: undefined,
  sourceDateEpoch: undefined,
};

export const releaseMetadata = new TextEncoder().encode('{"model_name":"retina/seg"}\n');

/** Writes files, making their directories; a path that ends in `*` becomes a file that may be executed. */
export async function writeFiles(
  directory: string,
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    const file = join(directory, path.replace(/\*$/, ""));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: path.endsWith("*") ? 0o755 : 0o644 });
  }
}

/** Opens a layout as a step does: anew for each run, with a pool of its own. */
export async function openLayout(directory: string): Promise<{ store: WritableStore; pool: ContentPool }> {
  const options = layoutOptions();
  return { store: await storeAt(directory, options), pool: options.pool };
}

/** Packs a directory into a layout, as `slipway package` does. */
export async function packInto(
  layout: string,
  model: string,
  changes: {
    readonly facts?: Partial<ReleaseFacts>;
    readonly metadata?: Uint8Array;
    readonly onBytes?: (bytes: number) => void;
  } = {},
) {
  const { store, pool } = await openLayout(layout);
  await using _ = pool;
  const { files } = await listModelDirectory(model);
  return await packFormC({
    files,
    metadata: changes.metadata ?? releaseMetadata,
    facts: { ...releaseFacts, ...changes.facts },
    store,
    pool,
    onBytes: changes.onBytes ?? (() => {}),
  });
}
