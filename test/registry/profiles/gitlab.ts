import type { RegistryOptions } from "../options.ts";

/**
 * GitLab's container registry: a fork of distribution 2.7 that keeps manifests in a database. Nobody describes its
 * habits; that it has no referrers API and loses an upload whose chunk broke off is taken over from distribution 2. It
 * sends blobs from object storage by redirect, and deletes tags and manifests, no blobs: its page on the API.
 */
export const gitlab: RegistryOptions = {
  headers: { "docker-distribution-api-version": "registry/2.0", "gitlab-container-registry-version": "4.15.0" },
  uploads: { singlePost: 202, torn: "lost", location: "absolute" },
  blobs: { redirects: "get" },
  referrers: { api: false },
  deletes: { manifests: true, tags: true, blobs: false },
};
