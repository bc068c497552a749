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
 * Whom a certificate will name, going by the templates of the public Fulcio (fulcio, config/identity/config.yaml), which
 * private ones usually have too: a workflow of GitHub or GitLab, a service account of a cluster, an address, a URI.
 *
 * @param payload of a token, unbelieved
 * @returns undefined where that cannot be told
 */
export function expectedIdentity(payload: unknown): CertifiedIdentity | undefined {
  const token = tokenSchema.safeParse(payload);
  if (!token.success) return undefined;
  const { iss: issuer } = token.data;
  const subject = subjectOf(token.data);
  if (subject === undefined) return undefined;
  const claims = token.data.job_workflow_ref === undefined ? {} : githubClaims(token.data, subject);
  return { kind: "identity", fingerprint: identityFingerprint(issuer, subject), issuer, subject, claims };
}

function subjectOf(token: Token): string | undefined {
  const { email, sub, job_workflow_ref: workflow, ci_config_ref_uri: pipeline, "kubernetes.io": cluster } = token;
  if (workflow !== undefined) return `${githubOf(token)}/${workflow}`;
  if (pipeline !== undefined) return `https://${pipeline}`;
  if (cluster !== undefined) {
    return `https://kubernetes.io/namespaces/${cluster.namespace}/serviceaccounts/${cluster.serviceaccount.name}`;
  }
  return email ?? (sub !== undefined && /^(https|spiffe):\/\//.test(sub) ? sub : undefined);
}

/** An enterprise's own GitHub is its own issuer. */
function githubOf({ iss }: Token): string {
  const url = URL.parse(iss);
  return url === null || /(^|\.)githubusercontent\.com$/.test(url.hostname) ? "https://github.com" : url.origin;
}

function githubClaims(token: Token, workflow: string): Claims {
  const { repository, ref, sha, event_name: trigger, environment, runner_environment: runner } = token;
  return {
    workflow,
    ...(repository !== undefined && { repository: `${githubOf(token)}/${repository}` }),
    ...(ref !== undefined && { ref }),
    ...(sha !== undefined && { commit: sha }),
    ...(trigger !== undefined && { trigger }),
    ...(environment !== undefined && { environment }),
    ...(runner !== undefined && { runner }),
  };
}
