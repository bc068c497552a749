import type { RegistryOptions } from "../options.ts";
import { GiB, MiB } from "../sizes.ts";

/**
 * Azure Container Registry. 200 GiB and manifests of 4 MiB: its page of service tiers. Its SDK sends chunks of 4 MiB, so
 * they are taken; referrers: its page on ORAS artifacts. Blobs are redirected to Azure's storage, which wants no
 * credentials beside the signature in the URL.
 */
export const acr: RegistryOptions = {
  limits: { blobBytes: 200 * GiB },
  uploads: { singlePost: 202 },
  blobs: { redirects: "get" },
  manifests: { maxBytes: 4 * MiB, etag: true },
};
