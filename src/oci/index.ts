// The registry's vocabulary: digests, references, descriptors, manifests, and the stores that hold them.
// A store is an image-layout directory (`layout/`) or a repository (`registry/`); `copy/` goes from one to another. May
// import `src/errors`, `src/process` and `src/content`.

export { type Copied, type CopyReport, copy, encodeLegacy, imageConfig, planLegacy } from "./copy/index.ts";
export { type Digest, digestOf, hexOf, isDigest, shortDigest } from "./digest.ts";
export { ociError } from "./errors.ts";
export { type Finding, type FindingStatus, finding } from "./finding.ts";
export { layerFamily, layerTag } from "./layer-tag.ts";
export { checkLayout } from "./layout/check-layout.ts";
export { type Descriptor, encodeManifest, type Manifest, parseIndex, parseManifest } from "./manifest.ts";
export { annotation, emptyJson, maxManifestBytes, mediaType } from "./media-types.ts";
export { openServiceClient } from "./open-service-client.ts";
export { openOrCreateStore, openStore } from "./open-store.ts";
export { probeStore, type StoreLoad } from "./probe-store.ts";
export type { Reach } from "./reach.ts";
export {
  formatReference,
  isRegistryHost,
  parseReference,
  type Reference,
  requireDigest,
} from "./reference.ts";
export type { ServiceClientOptions, ServiceReply } from "./registry/service-client.ts";
export type { BlobArrival, BlobSource, OnBytes, ReadableStore, WritableStore } from "./store.ts";
export { uploadModes } from "./upload-mode.ts";
