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
}

/**
 * The repository of a reference as a store. Nothing is asked of the registry yet.
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function openRegistry(
  reference: RegistryReference,
  { pool, uploadMode, ...options }: RegistryOptions,
): Promise<RegistryStore> {
  const client = await connectRegistry(reference, options);
  // biome-ignore lint/style/noProcessEnv: where caches lie is said there.
  const journal = UploadJournal.ofUser(process.env);
  return new RegistryStore(client, reference.path, pool, { mode: uploadMode, journal });
}
