const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What is known of a registry before it is asked anything. */
export interface KnownRegistry {
  readonly name: string;
  /** Largest blob in bytes; undefined when nobody publishes one. */
  readonly largestBlob: number | undefined;
}

/** By the registry's host; published limits only (reference "oci-packaging", 3.7). */
const known: readonly (KnownRegistry & { readonly hosts: RegExp })[] = [
  { name: "GitHub's container registry", hosts: /^(.+\.)?ghcr\.io$/, largestBlob: 10 * GiB },
  { name: "Amazon ECR Public", hosts: /^public\.ecr\.aws$/, largestBlob: 10_000 * MiB },
  {
    name: "Amazon ECR",
    hosts: /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
    largestBlob: 52_000 * MiB,
  },
  { name: "Azure Container Registry", hosts: /^[a-z0-9-]+\.azurecr\.(io|cn|us)$/, largestBlob: 200 * GiB },
  { name: "Quay.io", hosts: /^quay\.io$/, largestBlob: 20 * GiB },
];

/** What is known of a registry. @param host with its port, as in a reference */
export function knownRegistry(host: string): KnownRegistry | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return known.find(({ hosts }) => hosts.test(name));
}
