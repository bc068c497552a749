import type { RegistryOptions } from "../options.ts";

/**
 * Harbor 2.8 and later with an immutability rule for tags: 412 PRECONDITION. It runs distribution 2.8, which loses an
 * upload whose chunk broke off (`upload resumed at wrong offset`), and adds the referrers API and OCI-Subject in
 * `src/server/middleware/subject`. The same content under the same tag is taken.
 */
export const harbor: RegistryOptions = {
  headers: {
    "docker-distribution-api-version": "registry/2.0",
    "x-request-id": "00000000-0000-0000-0000-000000000000",
  },
  uploads: { singlePost: 202, torn: "lost" },
  manifests: {
    immutable: {
      status: 412,
      code: "PRECONDITION",
      message: "Failed to process request due to '{name}:{tag}' configured as immutable.",
      evenIfSame: false,
    },
  },
  deletes: { manifests: true, tags: true, blobs: false },
};
