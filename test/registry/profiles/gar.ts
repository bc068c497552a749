import type { RegistryOptions } from "../options.ts";

/**
 * Google Artifact Registry with immutable tags. No chunks, and 411 to a POST that does not say how long its body is:
 * rust-oci-client#176, its page on known limits. One PATCH without a range is taken, which is how docker pushes to it.
 * ImmutableTags: its page on repositories. What an upload's Location leads to is absolute.
 */
export const gar: RegistryOptions = {
  uploads: { singlePost: 202, needsContentLength: true, chunked: false, location: "absolute" },
  blobs: { redirects: "get" },
  manifests: {
    immutable: {
      status: 400,
      code: "TAG_INVALID",
      message: "cannot update tag {tag}. The repository has enabled tag immutability",
      evenIfSame: false,
    },
  },
};
