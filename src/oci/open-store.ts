import { ociError } from "./errors.ts";
import { type LayoutOptions, LayoutStore } from "./layout/layout-store.ts";
import { formatReference, type Reference } from "./reference.ts";

/**
 * Opens the store of a reference for reading.
 * @throws SlipwayError REGISTRY_UNSUPPORTED and what `LayoutStore.open` throws
 */
export async function openStore(reference: Reference, options: LayoutOptions): Promise<LayoutStore> {
  return LayoutStore.open(requireLayout(reference), options);
}

/**
 * Opens the store of a reference for writing, making it when it is new.
 * @throws SlipwayError REGISTRY_UNSUPPORTED and what `LayoutStore.openOrCreate` throws
 */
export async function openOrCreateStore(reference: Reference, options: LayoutOptions): Promise<LayoutStore> {
  return LayoutStore.openOrCreate(requireLayout(reference), options);
}

function requireLayout(reference: Reference) {
  if (reference.kind === "layout") return reference;
  throw ociError("REGISTRY_UNSUPPORTED", `${formatReference(reference)} is in a registry`);
}
