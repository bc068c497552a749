import type { RegistryOptions } from "../options.ts";
import { GiB } from "../sizes.ts";

/**
 * Quay.io. One PUT of 20 GB: oras-py#137. Chunks with a range as the specification writes it: quay#325. Referrers are
 * listed. It gives 50 tags at once: quay's `endpoints/v2`.
 */
export const quay: RegistryOptions = {
  limits: { blobBytes: 20 * GiB },
  uploads: { singlePost: 202, location: "absolute" },
  blobs: { redirects: "get" },
  tagPage: 50,
};
