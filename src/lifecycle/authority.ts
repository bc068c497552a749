import type { Link } from "./dossier.ts";
import { keyTimeProblem } from "./key-time.ts";
import type { Policy } from "./policy.ts";
import { provenTimeProblem } from "./proven-time.ts";

/** Why the signer of a link may not have made it, as a clause; undefined when the policy allows it (DESIGN 5.5). */
export function authorityProblem(link: Link, { transitions, times }: Policy): string | undefined {
  const { promotion, signer } = link;
  const { to, role, promotedOn } = promotion;
  if (to === "experimental") return "nobody can promote to experimental, where a release begins";
  const { roles } = transitions[to];
  if (!roles.includes(role)) return `it acts as ${role}, and ${to} takes ${roles.join(" or ")}`;
  if (!signer.roles.includes(role))
    return `it acts as ${role}, and its key "${signer.name}" is ${signer.roles.join(", ")}`;
  const made = new Date(promotedOn);
  const problem = keyTimeProblem(signer, made);
  if (problem !== undefined) return `it was made on ${promotedOn}, and its key "${signer.name}" ${problem}`;
  return provenTimeProblem(times, link, made);
}
