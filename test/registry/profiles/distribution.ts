import type { RegistryOptions } from "../options.ts";
import { MiB } from "../sizes.ts";

/**
 * CNCF distribution 3.1: manifests of 4 MiB (`maxManifestBodySize`), what arrived of a torn chunk is kept and told
 * (`registry/handlers/blobupload.go`), no referrers API, absolute locations, ETags of manifests.
 */
export const distribution: RegistryOptions = {
  uploads: { singlePost: 202, torn: "kept", location: "absolute" },
  manifests: { maxBytes: 4 * MiB, etag: true },
  referrers: { api: false },
};
