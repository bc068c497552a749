import type { ContentPool } from "../../content/index.ts";
import type { RegistryReference } from "../reference.ts";
import type { UploadMode } from "../upload-mode.ts";
import { type ConnectOptions, connectRegistry } from "./connect-registry.ts";
import { RegistryStore } from "./registry-store.ts";
import { UploadJournal } from "./upload-journal.ts";

export interface RegistryOptions extends ConnectOptions {
  readonly pool: ContentPool;
  /** How files are sent; "auto" when it is not given. */
  readonly uploadMode?: UploadMode | undefined;
  /** Length of the chunks that uploads are sent in, in bytes. */
  readonly chunkBytes?: number | undefined;
  /** Where uploads that broke off are written down; where this user's caches lie when it is not given. */
  readonly journal?: UploadJournal | undefined;
}

/**
 * The repository of a reference as a store. Nothing is asked of the registry yet.
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function openRegistry(
  reference: RegistryReference,
  { pool, uploadMode, chunkBytes, journal, ...options }: RegistryOptions,
): Promise<RegistryStore> {
  const client = await connectRegistry(reference, options);
  return new RegistryStore(client, reference.path, pool, {
    mode: uploadMode,
    chunkBytes,
    // biome-ignore lint/style/noProcessEnv: where caches lie is said there.
    journal: journal ?? UploadJournal.ofUser(process.env),
  });
}
