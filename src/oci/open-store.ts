import { type LayoutOptions, LayoutStore } from "./layout/layout-store.ts";
import type { Reach } from "./reach.ts";
import type { Reference, RegistryReference } from "./reference.ts";
import type { WritableStore } from "./store.ts";
import type { UploadMode } from "./upload-mode.ts";

export interface StoreOptions extends LayoutOptions {
  /** How a registry is reached; by default over https, with the authorities that Node trusts. */
  readonly reach?: Reach;
  /** How files go to a registry; "auto" by default. */
  readonly uploadMode?: UploadMode;
}

/**
 * Opens the store of a reference. A registry is not asked for anything yet.
 * @throws SlipwayError CA_FILE_UNUSABLE, and what `LayoutStore.open` throws
 */
export async function openStore(reference: Reference, options: StoreOptions): Promise<WritableStore> {
  return reference.kind === "layout" ? LayoutStore.open(reference, options) : openRepository(reference, options);
}

/**
 * Opens the store of a reference for writing; makes a layout directory when it is new.
 * @throws SlipwayError CA_FILE_UNUSABLE, and what `LayoutStore.openOrCreate` throws
 */
export async function openOrCreateStore(reference: Reference, options: StoreOptions): Promise<WritableStore> {
  return reference.kind === "layout"
    ? LayoutStore.openOrCreate(reference, options)
    : openRepository(reference, options);
}

async function openRepository(reference: RegistryReference, options: StoreOptions): Promise<WritableStore> {
  // What speaks HTTP is loaded by those only who need it.
  const { openRegistry } = await import("./registry/index.ts");
  return openRegistry(reference, options);
}
