import type { RegistryOptions } from "../options.ts";
import { GiB, MiB, minutes } from "../sizes.ts";

/**
 * GitHub's container registry. Layers of 10 GB and uploads of 10 minutes: GitHub's own page on the container registry.
 * A PATCH of more than 4 MiB is 416: rust-oci-client#35, ocx#237. No referrers API: community discussion 208530.
 */
export const ghcr: RegistryOptions = {
  headers: { "docker-distribution-api-version": "registry/2.0", "x-github-request-id": "0000:0000:0000:0000:0000" },
  limits: { blobBytes: 10 * GiB, patchBytes: 4 * MiB, uploadMs: 10 * minutes },
  uploads: { singlePost: 202, location: "relative" },
  blobs: { redirects: "all" },
  referrers: { api: false },
  deletes: { manifests: false, tags: false, blobs: false },
};
