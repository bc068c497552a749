import type { Claims } from "./oidc-issuer.ts";

/** A job of GitHub Actions, as far as a test cares. */
export interface GithubJob {
  /** `owner/name`. */
  readonly repository?: string;
  /** File below `.github/workflows` of that repository. */
  readonly workflow?: string;
  readonly ref?: string;
  /** Absent where the job names none. */
  readonly environment?: string;
  readonly runId?: number;
  readonly event?: string;
}

const sha = "0123456789abcdef0123456789abcdef01234567";

/** What GitHub says in the identity token of a job (docs.github.com, "OpenID Connect reference"). Ids are strings there. */
export function githubClaims({
  repository = "acme/models",
  workflow = "release.yml",
  ref = "refs/heads/main",
  environment,
  runId = 4242,
  event = "push",
}: GithubJob = {}): Claims {
  const [owner = ""] = repository.split("/");
  const workflowRef = `${repository}/.github/workflows/${workflow}@${ref}`;
  return {
    sub: `repo:${repository}:${environment === undefined ? `ref:${ref}` : `environment:${environment}`}`,
    repository,
    repository_id: "1001",
    repository_owner: owner,
    repository_owner_id: "2002",
    repository_visibility: "private",
    ref,
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    sha,
    workflow: workflow.replace(/\.ya?ml$/, ""),
    workflow_ref: workflowRef,
    workflow_sha: sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    event_name: event,
    run_id: String(runId),
    run_number: "7",
    run_attempt: "1",
    actor: "octocat",
    actor_id: "3003",
    runner_environment: "github-hosted",
    head_ref: "",
    base_ref: "",
    ...(environment === undefined ? {} : { environment }),
  };
}

/** The subject of the certificate that Fulcio makes of such a token. */
export function githubIdentity(claims: Claims): string {
  return `https://github.com/${claims["job_workflow_ref"]}`;
}
