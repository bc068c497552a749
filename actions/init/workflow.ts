/** Where a workflow takes Slipway's actions from when the user named nothing: a place holder that cannot run. */
export const placeholderActions = "OWNER/slipway@0000000000000000000000000000000000000000";

/**
 * The workflow that releases a model: package, sign, verify, copy to the registry beside the repository.
 *
 * @param modelYaml path of model.yaml in the repository
 * @param actions `owner/repository@<commit>` that the actions are taken from
 */
export function releaseWorkflow(modelYaml: string, actions: string): string {
  const at = actions.lastIndexOf("@");
  const action = (step: string): string => `${actions.slice(0, at)}/actions/${step}${actions.slice(at)}`;
  return `# Releases the model of this repository when a version tag is pushed, or by hand.
# Before the first run: make a key pair and store the private key as the secret SLIPWAY_SIGNING_KEY; commit the
# public key as keys/release.pub.
#   openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out release.pem
#   openssl pkey -in release.pem -pubout -out keys/release.pub
name: Release model

on:
  push:
    tags: ["v*"]
  workflow_dispatch:

permissions: {}

concurrency:
  group: release-model-\${{ github.ref }}
  cancel-in-progress: false

jobs:
  release:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: release
    permissions:
      contents: read
      packages: write # copies the release to the registry
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          lfs: true
          persist-credentials: false

      - name: Package
        id: package
        uses: ${action("package")}
        with:
          model: ${modelYaml}

      - name: Sign
        uses: ${action("sign")}
        env:
          SLIPWAY_SIGNING_KEY: \${{ secrets.SLIPWAY_SIGNING_KEY }}
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: env://SLIPWAY_SIGNING_KEY

      - name: Verify
        uses: ${action("verify")}
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: keys/release.pub

      - uses: oras-project/setup-oras@1d808f7d7f6995cc68b7bf507bfe5c5446e1dc9d # v2.0.1
        with:
          version: 1.3.3

      - name: Copy the release and its signature to the registry
        env:
          REFERENCE: \${{ steps.package.outputs.reference }}
          TAG: \${{ steps.package.outputs.tag }}
          REGISTRY_TOKEN: \${{ github.token }}
        run: |
          layout=\${REFERENCE#oci:}
          target=ghcr.io/$(printf '%s' "$GITHUB_REPOSITORY" | tr '[:upper:]' '[:lower:]')/model
          printf '%s' "$REGISTRY_TOKEN" | oras login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          oras cp --recursive --from-oci-layout "\${layout%@*}" "$target:$TAG"
`;
}
