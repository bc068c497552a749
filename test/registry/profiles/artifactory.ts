import type { RegistryOptions } from "../options.ts";

/**
 * Artifactory 7.90 and later. Of an upload in chunks it stored the last one and answered with success: wasmCloud#3405,
 * rust-oci-client#179. Referrers from 7.90.1 on: its release notes. The headers are those that it tells its version by.
 */
export const artifactory: RegistryOptions = {
  headers: {
    "docker-distribution-api-version": "registry/2.0",
    "x-jfrog-version": "Artifactory/7.104.0 80400900",
    "x-artifactory-id": "0000000000000000:-00000000:0000000000:-8000",
    "x-artifactory-node-id": "artifactory-0",
  },
  uploads: { singlePost: 202, keepsLastChunkOnly: true },
};
