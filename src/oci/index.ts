// The registry's vocabulary: digests, references, descriptors, manifests, and the stores that hold them.
// A store is an image-layout directory (`layout/`). May import `src/errors` and `src/content`.

export { type Digest, digestOf, hexOf, isDigest, shortDigest } from "./digest.ts";
export { ociError } from "./errors.ts";
export { checkLayout } from "./layout/check-layout.ts";
export { type Descriptor, encodeManifest, type Index, type Manifest, parseIndex, parseManifest } from "./manifest.ts";
export { annotation, emptyJson, maxManifestBytes, mediaType } from "./media-types.ts";
export {
  formatReference,
  isTag,
  type LayoutReference,
  parseReference,
  type Reference,
  type RegistryReference,
  requireDigest,
} from "./reference.ts";
export { openOrCreateStore, openStore } from "./open-store.ts";
export type { FileSource, OnBytes, PushedFile, ReadableStore, TaggedManifest, WritableStore } from "./store.ts";
