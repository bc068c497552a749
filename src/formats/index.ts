// The forms of a release. Form C is a ModelPack manifest with one raw layer for each file; forms A and B come to
// live beside it. `plan.ts` and `read.ts` are pure; `pack.ts` and `unpack.ts` move files to and from a store.
// May import `src/errors`, `src/content`, `src/oci` and `src/release`.

export { addCompanion, type Companion, readCompanion } from "./model-pack/companion.ts";
export { type FetchedRelease, fetchMetadata, fetchRelease } from "./model-pack/fetch-release.ts";
export { holdsRelease } from "./model-pack/holds-release.ts";
export { packFormC } from "./model-pack/pack.ts";
export { metadataPath, type PackedFile, type ReleaseFacts } from "./model-pack/plan.ts";
export { type FormC, isFormC, readFormC } from "./model-pack/read.ts";
export { isStagingOfPull, stateOfTarget, targetOccupied } from "./model-pack/target.ts";
export { unpack } from "./model-pack/unpack.ts";
