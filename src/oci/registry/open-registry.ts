import type { ContentPool } from "../../content/index.ts";
import type { RegistryReference } from "../reference.ts";
import { type ConnectOptions, connectRegistry } from "./connect-registry.ts";
import { RegistryStore } from "./registry-store.ts";

export interface RegistryOptions extends ConnectOptions {
  readonly pool: ContentPool;
}

/** The repository of a reference as a store. Nothing is asked of the registry yet. */
export function openRegistry(reference: RegistryReference, { pool, ...options }: RegistryOptions): RegistryStore {
  return new RegistryStore(connectRegistry(reference, options), reference.path, pool);
}
