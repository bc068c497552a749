import { type GithubJob, githubClaims, githubIdentity } from "./github-claims.ts";
import type { Claims } from "./oidc-issuer.ts";
import type { PrivateSigstore } from "./start-sigstore.ts";

/** The jobs that act, by who they are in the policy. Only that of the lead runs in an environment. */
const jobs = {
  builder: { workflow: "release.yml" },
  evaluator: { workflow: "evaluate.yml", event: "workflow_run" },
  engineer: { workflow: "promote.yml", event: "workflow_dispatch" },
  lead: { workflow: "deploy.yml", event: "workflow_dispatch", environment: "production" },
} as const satisfies Record<string, GithubJob>;
export type Actor = keyof typeof jobs;
const actors = ["builder", "evaluator", "engineer", "lead"] as const satisfies readonly Actor[];

/** As the policy calls them: role and name. */
export const titles = {
  builder: ["builder", "release-ci"],
  evaluator: ["evaluator", "evaluation-ci"],
  engineer: ["mlops-engineer", "promotion-ci"],
  lead: ["platform-lead", "deployment-ci"],
} as const satisfies Record<Actor, readonly [string, string]>;

/** What the token of an actor's job says; `changed` where it differs from the policy. */
export function claimsOf(actor: Actor, changed: GithubJob = {}): Claims {
  return githubClaims({ ...jobs[actor], ...changed });
}

/**
 * A release policy whose members are all identities, bound to everything that a certificate says of their jobs, and which
 * takes no time that nobody proves.
 *
 * @param deployed name of the model, whose pointer is in the environment `production`
 */
export function identityPolicy(stack: PrivateSigstore, ledger: string, deployed: string): string {
  const roles = actors.map((actor) => {
    const [[role, name], claims] = [titles[actor], claimsOf(actor)];
    const identity = {
      issuer: stack.github.url,
      subject: githubIdentity(claims),
      repository: "https://github.com/acme/models",
      ref: "refs/heads/main",
      workflow: githubIdentity(claims),
      trigger: claims["event_name"],
      runner: "github-hosted",
      ...(claims["environment"] === undefined ? {} : { environment: claims["environment"] }),
    };
    return [role, [{ name, identity }]];
  });
  // JSON is YAML.
  return JSON.stringify(
    {
      roles: Object.fromEntries(roles),
      trustedRoot: stack.trustedRootJson,
      times: "proven",
      transitions: { staging: { gates: ["owner", "lineage", "model-card", "signature", "evaluation"] } },
      ledger: { repository: ledger, branch: "main" },
      environments: {
        production: {
          states: ["production"],
          movers: ["mlops-engineer", "platform-lead"],
          pointers: [
            {
              name: deployed,
              variant: "default",
              file: "production/values.yaml",
              fields: { version: "model.version", digest: "model.digest", uri: "model.uri" },
            },
          ],
        },
      },
    },
    undefined,
    2,
  );
}
