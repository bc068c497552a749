import { ContentPool } from "../../src/content/index.ts";
import {
  annotation,
  type Descriptor,
  emptyJson,
  encodeManifest,
  mediaType,
  type WritableStore,
} from "../../src/oci/index.ts";
import { type LayoutOptions, LayoutStore } from "../../src/oci/layout/layout-store.ts";
import type { LayoutReference } from "../../src/oci/reference.ts";

/** The reference of a layout directory. */
export function layoutAt(directory: string): LayoutReference {
  return { kind: "layout", directory, written: directory, tag: undefined, digest: undefined };
}

/** What a store needs; its pool has threads only once a large file goes through it, and must then be closed. */
export function layoutOptions(changes: Partial<LayoutOptions> = {}): LayoutOptions {
  const signal = changes.signal ?? new AbortController().signal;
  return { pool: new ContentPool({ signal, threads: 1 }), signal, patience: 20_000, ...changes };
}

/** Opens the layout in a directory for writing, as a new process would. */
export function storeAt(directory: string, changes: Partial<LayoutOptions> = {}): Promise<LayoutStore> {
  return LayoutStore.openOrCreate(layoutAt(directory), layoutOptions(changes));
}

/** A small manifest like those that Slipway writes; another note makes another digest. */
export function manifestOf(
  tag: string,
  {
    note = "",
    subject,
    layers = [],
  }: { readonly note?: string; readonly subject?: Descriptor; readonly layers?: Descriptor[] } = {},
): Uint8Array {
  return encodeManifest({
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType: "application/vnd.example.model",
    config: emptyJson.descriptor,
    layers,
    ...(subject === undefined ? {} : { subject }),
    annotations: { [annotation.ownTag]: tag, note },
  });
}

/** Announces such a manifest, after what it names. */
export async function announceSample(
  store: WritableStore,
  tag: string,
  facts: Parameters<typeof manifestOf>[1] = {},
): Promise<Descriptor> {
  await store.push(mediaType.emptyJson, emptyJson.bytes);
  return store.announce(manifestOf(tag, facts), mediaType.manifest, tag);
}
