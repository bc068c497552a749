import type { RegistryOptions } from "../options.ts";
import { MiB } from "../sizes.ts";

/**
 * Amazon ECR with immutable tags. 52 000 MiB in 4 200 parts of 5 MiB at least: its page of quotas. A PATCH is answered
 * with 201: mise#11376. A tag is refused even for the manifest that it holds: containers-roadmap#2179, buildkit#3776.
 * Blobs are redirected to S3. Deletes go by its own API only.
 */
export const ecr: RegistryOptions = {
  limits: { blobBytes: 52_000 * MiB, chunkBytes: 5 * MiB, chunks: 4200 },
  uploads: { singlePost: 202, mount: 202, patch: 201, location: "absolute" },
  blobs: { redirects: "get" },
  manifests: {
    immutable: {
      status: 400,
      code: "TAG_INVALID",
      message:
        "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the tag is immutable.",
      evenIfSame: true,
    },
  },
  deletes: { manifests: false, tags: false, blobs: false },
};
