import * as z from "zod";
import { type CertifiedIdentity, type Claims, identityFingerprint } from "../trust/certified-identity.ts";

const text = z.string().min(1);
const tokenSchema = z.object({
  iss: text,
  sub: text.optional(),
  email: text.optional().catch(undefined),
  job_workflow_ref: text.optional().catch(undefined),
  repository: text.optional().catch(undefined),
  ref: text.optional().catch(undefined),
  sha: text.optional().catch(undefined),
  event_name: text.optional().catch(undefined),
  environment: text.optional().catch(undefined),
  runner_environment: text.optional().catch(undefined),
  ci_config_ref_uri: text.optional().catch(undefined),
  "kubernetes.io": z
    .object({ namespace: text, serviceaccount: z.object({ name: text }) })
    .optional()
    .catch(undefined),
});
type Token = z.infer<typeof tokenSchema>;

/**
 * Whom a certificate may name, going by the templates of the public Fulcio (fulcio, config/identity/config.yaml), which
 * private ones usually have too: a workflow of GitHub or GitLab, a service account of a cluster, an address, a URI.
 *
 * @param payload of a token, unbelieved
 * @returns the likeliest first; nobody where that cannot be told
 */
export function expectedIdentities(payload: unknown): readonly CertifiedIdentity[] {
  const token = tokenSchema.safeParse(payload);
  if (!token.success) return [];
  const { iss: issuer, job_workflow_ref: workflow } = token.data;
  const named = (subject: string, claims: Claims): CertifiedIdentity => {
    return { kind: "identity", fingerprint: identityFingerprint(issuer, subject), issuer, subject, claims };
  };
  if (workflow !== undefined) {
    return githubsOf(token.data).map((github) => {
      const subject = `${github}/${workflow}`;
      return named(subject, githubClaims(token.data, github, subject));
    });
  }
  const subject = subjectOf(token.data);
  return subject === undefined ? [] : [named(subject, {})];
}

function subjectOf(token: Token): string | undefined {
  const { email, sub, ci_config_ref_uri: pipeline, "kubernetes.io": cluster } = token;
  if (pipeline !== undefined) return `https://${pipeline}`;
  if (cluster !== undefined) {
    return `https://kubernetes.io/namespaces/${cluster.namespace}/serviceaccounts/${cluster.serviceaccount.name}`;
  }
  return email ?? (sub !== undefined && /^(https|spiffe):\/\//.test(sub) ? sub : undefined);
}

/** An enterprise's own GitHub is its own issuer; what its authority calls it is for the authority's settings to say. */
function githubsOf({ iss }: Token): readonly string[] {
  const url = URL.parse(iss);
  const usual = "https://github.com";
  return url === null || /(^|\.)githubusercontent\.com$/.test(url.hostname) ? [usual] : [url.origin, usual];
}

function githubClaims(token: Token, github: string, workflow: string): Claims {
  const { repository, ref, sha, event_name: trigger, environment, runner_environment: runner } = token;
  return {
    workflow,
    ...(repository !== undefined && { repository: `${github}/${repository}` }),
    ...(ref !== undefined && { ref }),
    ...(sha !== undefined && { commit: sha }),
    ...(trigger !== undefined && { trigger }),
    ...(environment !== undefined && { environment }),
    ...(runner !== undefined && { runner }),
  };
}
