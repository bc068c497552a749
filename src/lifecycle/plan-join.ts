import type { Promotion, Run } from "../evidence/index.ts";
import type { Branches } from "./branches.ts";
import type { Link, Signer } from "./dossier.ts";
import { promotionError } from "./errors.ts";
import { branchTo, joinProblem } from "./join.ts";
import { keyTimeProblem } from "./key-time.ts";
import { told } from "./plan-link.ts";
import type { Policy } from "./policy.ts";
import type { PromotionRequest } from "./promotion-context.ts";
import { type ReleaseIdentity, showRelease } from "./release.ts";

export interface JoinContext {
  readonly release: ReleaseIdentity;
  readonly branches: Branches;
  readonly policy: Policy;
  readonly actor: Signer;
  readonly now: Date;
}

/**
 * The link with two parents that joins a branch to the order (DESIGN 5.5, `promote --resolve`). It decides which of
 * both states holds, or revokes the release; gates are not asked again.
 *
 * @param other the branch's last link, one of `branches.others`
 * @throws SlipwayError TRANSITION_NOT_ALLOWED, ROLE_REQUIRED
 */
export function planJoin(
  request: Pick<PromotionRequest, "to" | "reason" | "advisory">,
  other: Link,
  { release, branches: { main, beside }, policy, actor, now }: JoinContext,
  run: Run,
): Promotion {
  const { to } = request;
  const last = main.at(-1);
  const from = last?.promotion.to ?? "experimental";
  const order = new Map(main.map((link) => [link.statement, link]));
  const { branch, missing } = branchTo(other, new Map(beside.map((link) => [link.statement, link])), order);
  const problem =
    missing === undefined
      ? joinProblem({ state: from, second: other, branch }, to, policy)
      : `${missing}, which it follows, is not there`;
  if (problem !== undefined || to === "experimental") {
    throw promotionError(
      "TRANSITION_NOT_ALLOWED",
      `link ${other.statement} of ${showRelease(release)} cannot be joined as ${to}: ${problem}`,
      { remedy: "Join both sides as one of their states, or revoke the release." },
    );
  }
  const { roles } = policy.transitions[to];
  const role = roles.find((one) => actor.roles.includes(one));
  const validity = keyTimeProblem(actor, now);
  if (role === undefined || validity !== undefined) {
    const why =
      validity === undefined ? `has the role ${actor.roles.join(", ")}` : `cannot be used: the key ${validity}`;
    throw promotionError(
      "ROLE_REQUIRED",
      `"${actor.name}" ${why}; ${showRelease(release)} is joined as ${to} by ${roles.join(" or ")}`,
    );
  }
  const { name, version, variant } = release;
  return {
    name,
    version,
    variant,
    sequence: main.length + 1,
    from,
    to,
    previous: last === undefined ? [other.statement] : [last.statement, other.statement],
    evidence: [],
    waivers: [],
    policy: policy.digest,
    role,
    ...told(request),
    promotedOn: now.toISOString(),
    run,
  };
}
