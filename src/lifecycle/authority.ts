import type { Link, Signer } from "./dossier.ts";
import type { Policy } from "./policy.ts";

/** Why the signer of a link may not have made it, as a clause; undefined when the policy allows it (DESIGN 5.5). */
export function authorityProblem({ promotion, signer }: Link, { transitions }: Policy): string | undefined {
  const { to, role, promotedOn } = promotion;
  if (to === "experimental") return "nobody can promote to experimental, where a release begins";
  const { roles } = transitions[to];
  if (!roles.includes(role)) return `it acts as ${role}, and ${to} takes ${roles.join(" or ")}`;
  if (!signer.roles.includes(role))
    return `it acts as ${role}, and its key "${signer.name}" is ${signer.roles.join(", ")}`;
  const problem = keyTimeProblem(signer, new Date(promotedOn));
  return problem === undefined ? undefined : `it was made on ${promotedOn}, and its key "${signer.name}" ${problem}`;
}

/** Why a key may not be used at a time, to continue "the key …"; its `until` is the first moment too late. */
export function keyTimeProblem({ from, until }: Pick<Signer, "from" | "until">, at: Date): string | undefined {
  // Written so that a time that is none is refused, too.
  if (from !== undefined && !(at >= from)) return `is valid only from ${from.toISOString()}`;
  if (until !== undefined && !(at < until)) return `was valid only until ${until.toISOString()}`;
  return undefined;
}
