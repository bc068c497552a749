// Bytes of files on disk: hashing and copying in parallel with bounded memory, and temporary names that tell
// after a crash that they are leavings. Knows nothing of models or registries. May import `src/errors` and `src/process`.

export { ContentError, ContentPool } from "./content-pool.ts";
export { type ContentTask, type FileIdentity, identityOf, isSameFile, keyOfFile } from "./content-task.ts";
export { cacheDirectory, DigestMemory } from "./digest-memory.ts";
export { inParallel } from "./in-parallel.ts";
export { describeOwner, livenessOf, ownerToken } from "./owner.ts";
export { stagingName, sweepStaging } from "./staging.ts";
export { writeWhole } from "./write-whole.ts";
