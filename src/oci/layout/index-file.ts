import * as z from "zod";
import { reason } from "../../errors/index.ts";
import { ociError } from "../errors.ts";
import { type Descriptor, descriptorSchema, firstIssue } from "../manifest.ts";
import { annotation, mediaType } from "../media-types.ts";

/** Content of the `oci-layout` file (image-spec, image-layout.md). */
export const layoutMarker = '{"imageLayoutVersion":"1.0.0"}';

/** index.json of a layout with hundreds of thousands of entries would be a mistake, and a danger to memory. */
export const maxIndexFileBytes = 16 * 1024 * 1024;

// Other tools add members that the specification defines; a member that it does not define is damage. All that
// index.json says is unauthenticated, so strictness is what notices a flipped byte in a key.
const entrySchema = z.strictObject({
  ...descriptorSchema.shape,
  platform: z.record(z.string(), z.unknown()).optional(),
  urls: z.array(z.string()).optional(),
  data: z.string().optional(),
});
const indexFileSchema = z.strictObject({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaType.index).optional(),
  artifactType: z.string().optional(),
  manifests: z.array(entrySchema),
  subject: entrySchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A layout's index.json. */
export type IndexFile = z.infer<typeof indexFileSchema>;

export const emptyIndexFile: IndexFile = { schemaVersion: 2, mediaType: mediaType.index, manifests: [] };

/**
 * Parses index.json.
 * @throws SlipwayError STORE_CORRUPT also when the file is empty or cut off, as a half-written one is
 */
export function parseIndexFile(text: string, label: string): IndexFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw ociError("STORE_CORRUPT", `index.json of ${label} is not JSON: ${reason(cause)}`, { cause });
  }
  const parsed = indexFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw ociError("STORE_CORRUPT", `index.json of ${label}: ${firstIssue(parsed.error)}`);
}

/** Checks the `oci-layout` file. @throws SlipwayError STORE_CORRUPT */
export function requireLayoutMarker(text: string, label: string): void {
  try {
    const marker = z.strictObject({ imageLayoutVersion: z.literal("1.0.0") });
    if (marker.safeParse(JSON.parse(text)).success) return;
  } catch {
    // Not JSON at all: the same answer.
  }
  throw ociError("STORE_CORRUPT", `the oci-layout file of ${label} is not ${layoutMarker}`);
}

export function encodeIndexFile(index: IndexFile): string {
  return JSON.stringify(index);
}

/** What index.json lists, and under which tag. */
export interface TaggedManifest {
  readonly descriptor: Descriptor;
  readonly tag: string | undefined;
}

/** Each entry with its tag; an entry of one digest appears once for each of its tags. */
export function taggedManifests(index: IndexFile): readonly TaggedManifest[] {
  return index.manifests.map((entry) => ({
    descriptor: {
      mediaType: entry.mediaType,
      digest: entry.digest,
      size: entry.size,
      ...(entry.artifactType === undefined ? {} : { artifactType: entry.artifactType }),
    },
    tag: entry.annotations?.[annotation.refName],
  }));
}

/**
 * Points a tag at a manifest that the index has, or removes the tag; undefined when that changes nothing. A manifest
 * that loses its only tag stays listed without one.
 */
export function moveTag(index: IndexFile, descriptor: Descriptor | undefined, tag: string): IndexFile | undefined {
  const holding = index.manifests.find((entry) => entry.annotations?.[annotation.refName] === tag);
  if (holding?.digest === descriptor?.digest) return undefined;
  const manifests = index.manifests.flatMap((entry) => {
    if (entry !== holding) return [entry];
    if (index.manifests.some((other) => other !== entry && other.digest === entry.digest)) return [];
    const { [annotation.refName]: _, ...annotations } = entry.annotations ?? {};
    return [{ ...entry, annotations }];
  });
  if (descriptor === undefined) return { ...index, manifests };
  const edit = addTagged({ ...index, manifests }, descriptor, tag);
  return edit.kind === "edited" ? edit.index : undefined;
}

/** What adding a tagged manifest to an index leads to. */
export type IndexEdit =
  | { readonly kind: "unchanged" }
  | { readonly kind: "conflict"; readonly holds: Descriptor }
  | { readonly kind: "edited"; readonly index: IndexFile };

/**
 * Adds a manifest under a tag. The same again changes nothing; another manifest under that tag is a conflict. An
 * untagged entry of the same digest, as other tools write, gets the tag instead of a twin.
 */
export function addTagged(index: IndexFile, descriptor: Descriptor, tag: string): IndexEdit {
  const holding = index.manifests.find((entry) => entry.annotations?.[annotation.refName] === tag);
  if (holding !== undefined) {
    return holding.digest === descriptor.digest ? { kind: "unchanged" } : { kind: "conflict", holds: holding };
  }
  const { mediaType: type, digest, size, artifactType } = descriptor;
  const entry = {
    mediaType: type,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    annotations: { [annotation.refName]: tag },
  };
  const untagged = index.manifests.findIndex(
    (candidate) => candidate.digest === digest && candidate.annotations?.[annotation.refName] === undefined,
  );
  const manifests =
    untagged < 0
      ? [...index.manifests, entry]
      : index.manifests.with(untagged, {
          ...entry,
          annotations: { ...index.manifests[untagged]?.annotations, [annotation.refName]: tag },
        });
  return { kind: "edited", index: { ...index, manifests } };
}
