import type { OidcIssuer } from "./oidc-issuer.ts";

/*
 * Fulcio's settings, as they are in YAML: it takes JSON too, with other names. Extensions of a certificate are named as in fulcio's
 * pkg/certificate/extensions.go; the templates for GitHub are those of config/identity/config.yaml of fulcio 1.8.8, which
 * the public instance runs with.
 */

/** How Fulcio makes an identity of a token: an e-mail address, or the workflow of a run of GitHub Actions. */
export type IssuerKind = "email" | "github";

export function fulcioSettings(issuers: readonly { readonly issuer: OidcIssuer; readonly kind: IssuerKind }[]): object {
  const entries = issuers.map(({ issuer: { url }, kind }) => {
    const how = kind === "email" ? { type: "email" } : { type: "ci-provider", "ci-provider": "github-workflow" };
    return [url, { "issuer-url": url, "client-id": "sigstore", ...how }];
  });
  return { "oidc-issuers": Object.fromEntries(entries), "ci-issuer-metadata": { "github-workflow": githubWorkflow } };
}

const githubWorkflow = {
  "default-template-values": { url: "https://github.com", environment: "" },
  "subject-alternative-name-template": "{{ .url }}/{{ .job_workflow_ref }}",
  "extension-templates": {
    "github-workflow-trigger": "event_name",
    "github-workflow-sha": "sha",
    "github-workflow-name": "workflow",
    "github-workflow-repository": "repository",
    "github-workflow-ref": "ref",
    "build-signer-uri": "{{ .url }}/{{ .job_workflow_ref }}",
    "build-signer-digest": "job_workflow_sha",
    "runner-environment": "runner_environment",
    "source-repository-uri": "{{ .url }}/{{ .repository }}",
    "source-repository-digest": "sha",
    "source-repository-ref": "ref",
    "source-repository-identifier": "repository_id",
    "source-repository-owner-uri": "{{ .url }}/{{ .repository_owner }}",
    "source-repository-owner-identifier": "repository_owner_id",
    "build-config-uri": "{{ .url }}/{{ .workflow_ref }}",
    "build-config-digest": "workflow_sha",
    "build-trigger": "event_name",
    "run-invocation-uri": "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
    "source-repository-visibility-at-signing": "repository_visibility",
    "deployment-environment": "environment",
  },
};
