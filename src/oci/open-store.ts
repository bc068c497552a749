import { type LayoutOptions, LayoutStore } from "./layout/layout-store.ts";
import type { Reference, RegistryReference } from "./reference.ts";
import type { WritableStore } from "./store.ts";

/**
 * Opens the store of a reference. A registry is not asked for anything yet.
 * @throws SlipwayError what `LayoutStore.open` throws
 */
export async function openStore(reference: Reference, options: LayoutOptions): Promise<WritableStore> {
  return reference.kind === "layout" ? LayoutStore.open(reference, options) : openRepository(reference, options);
}

/**
 * Opens the store of a reference for writing; makes a layout directory when it is new.
 * @throws SlipwayError what `LayoutStore.openOrCreate` throws
 */
export async function openOrCreateStore(reference: Reference, options: LayoutOptions): Promise<WritableStore> {
  return reference.kind === "layout"
    ? LayoutStore.openOrCreate(reference, options)
    : openRepository(reference, options);
}

async function openRepository(reference: RegistryReference, options: LayoutOptions): Promise<WritableStore> {
  // What speaks HTTP is loaded by those only who need it.
  const { openRegistry } = await import("./registry/index.ts");
  return openRegistry(reference, options);
}
