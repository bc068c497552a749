import type { Digest } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";

/** How a manifest came to belong to what is copied; a legacy one by a tag that names its subject, as cosign 2 wrote them. */
export type Role = "root" | "child" | "referrer" | "legacy";

/** A manifest of the source, as its checked bytes say. */
export interface FoundManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly role: Role;
  /** What an image manifest names. */
  readonly blobs: readonly Descriptor[];
  /** What an index names. */
  readonly children: readonly Descriptor[];
  readonly subject: Digest | undefined;
  /** The tag that the manifest claims for itself. */
  readonly ownTag: string | undefined;
}

/** A tag that says by its name what its manifest is about (cosign, specs/SIGNATURE_SPEC.md "Tag-based discovery"). */
export interface LegacyTag {
  readonly tag: string;
  readonly manifest: FoundManifest;
}

/** Something that was offered as evidence and is none. */
export interface Ignored {
  readonly digest: Digest;
  readonly reason: string;
}

/** All that belongs to a manifest in one store. */
export interface Closure {
  readonly root: Digest;
  readonly manifests: ReadonlyMap<Digest, FoundManifest>;
  readonly legacy: readonly LegacyTag[];
  readonly ignored: readonly Ignored[];
  /** Tags of the source that may be those of the manifests, and what they point at. */
  readonly tags: ReadonlyMap<string, Digest>;
  /** Tags of the root; those of its evidence, and of an index's children, begin with one of them. */
  readonly bases: readonly string[];
}
