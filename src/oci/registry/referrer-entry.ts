import type { Digest } from "../digest.ts";
import { type Descriptor, parseIndex, parseManifest } from "../manifest.ts";
import { annotation, mediaType } from "../media-types.ts";
import type { FetchedManifest } from "./manifests.ts";

/** What is about a subject as an index lists it; manifests of other formats, such as Docker's, have no subject. */
export function about(manifest: FetchedManifest, subject: Digest): Descriptor | undefined {
  const { mediaType: type } = manifest.descriptor;
  if (type !== mediaType.manifest && type !== mediaType.index) return undefined;
  return subjectOf(manifest) === subject ? entryOf(manifest) : undefined;
}

function subjectOf({ descriptor: { mediaType: type, digest }, bytes }: FetchedManifest): Digest | undefined {
  return (type === mediaType.index ? parseIndex(bytes, digest) : parseManifest(bytes, digest)).subject?.digest;
}

/** A manifest as an index lists it: its artifact type is that of its config when it has none. */
export function entryOf({ descriptor, bytes }: FetchedManifest): Descriptor {
  const { digest, mediaType: type } = descriptor;
  if (type === mediaType.index) {
    const { artifactType, annotations } = parseIndex(bytes, digest);
    return { ...descriptor, artifactType, annotations };
  }
  const { artifactType, config, annotations } = parseManifest(bytes, digest);
  return { ...descriptor, artifactType: artifactType ?? config.mediaType, annotations };
}

/** The tag that an entry's manifest calls its own. */
export function ownTagOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[annotation.ownTag];
}
