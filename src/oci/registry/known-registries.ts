const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const minutes = 60_000;

/**
 * What is known of a registry's kind before it is asked anything (reference "oci-packaging", 3.7): published limits, and
 * habits that others met. A limit that nobody publishes is undefined; so is a habit that nobody described.
 */
export interface RegistryFacts {
  readonly name: string;
  /** Largest blob in bytes. */
  readonly largestBlob?: number;
  /** Largest manifest in bytes. */
  readonly largestManifest?: number;
  /** From the start of an upload to its commit, in milliseconds. */
  readonly longestUpload?: number;
  /** Whether content may come in several requests; where it may not, some answer with success and lose it. */
  readonly chunks: boolean;
  /** Whether `GET /v2/<name>/referrers/<digest>` is there. */
  readonly referrers?: boolean;
}

type Headers = (name: string) => string | undefined;

interface Row extends RegistryFacts {
  readonly hosts?: RegExp;
  /** Registries that people run themselves are known by what they answer. */
  readonly answers?: (header: Headers) => boolean;
}

const known: readonly Row[] = [
  {
    name: "GitHub's container registry",
    hosts: /^(.+\.)?ghcr\.io$/,
    largestBlob: 10 * GiB,
    longestUpload: 10 * minutes,
    chunks: false,
    referrers: false,
  },
  { name: "Amazon ECR Public", hosts: /^public\.ecr\.aws$/, largestBlob: 10_000 * MiB, chunks: false },
  {
    name: "Amazon ECR",
    hosts: /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
    largestBlob: 52_000 * MiB,
    chunks: false,
    referrers: true,
  },
  {
    name: "Azure Container Registry",
    hosts: /^[a-z0-9-]+\.azurecr\.(io|cn|us)$/,
    largestBlob: 200 * GiB,
    largestManifest: 4 * MiB,
    chunks: true,
    referrers: true,
  },
  {
    name: "Google Artifact Registry",
    hosts: /^([a-z0-9-]+-docker\.pkg\.dev|(.+\.)?gcr\.io)$/,
    chunks: false,
    referrers: true,
  },
  { name: "Quay.io", hosts: /^quay\.io$/, largestBlob: 20 * GiB, chunks: true, referrers: true },
  { name: "Docker Hub", hosts: /^((index|registry-1)\.)?docker\.io$/, chunks: true, referrers: false },
  { name: "GitLab's container registry", hosts: /^registry\.gitlab\.com$/, chunks: true },
  {
    name: "Artifactory",
    hosts: /^.+\.jfrog\.io$/,
    answers: (header) =>
      header("x-jfrog-version") !== undefined ||
      header("x-artifactory-id") !== undefined ||
      /artifactory/i.test(header("server") ?? ""),
    chunks: false,
    referrers: true,
  },
];

/** What is known of a registry by its name alone. @param host with its port, as in a reference */
export function knownRegistry(host: string): RegistryFacts | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return known.find(({ hosts }) => hosts?.test(name));
}

/** What is known of a registry that is not known by its name, from any of its answers. */
export function registryThatAnswers(header: Headers): RegistryFacts | undefined {
  return known.find(({ answers }) => answers?.(header));
}
