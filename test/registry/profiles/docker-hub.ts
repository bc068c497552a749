import type { RegistryOptions } from "../options.ts";

/**
 * Docker Hub. No referrers API as of July 2026: docker/roadmap#724. Chunks are taken. Blobs are redirected to a content
 * network; tags and manifests are deleted by its own API only, which answers the specification's requests with 405.
 */
export const dockerHub: RegistryOptions = {
  headers: { "docker-distribution-api-version": "registry/2.0", "docker-ratelimit-source": "192.0.2.1" },
  uploads: { singlePost: 202, location: "absolute" },
  blobs: { redirects: "get" },
  referrers: { api: false },
  deletes: { manifests: false, tags: false, blobs: false },
};
