import type { State } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";
import { authorityProblem } from "./authority.ts";
import type { Link } from "./dossier.ts";
import type { Policy } from "./policy.ts";

/** What a link with two parents brings together. */
export interface Joint {
  /** State that the order had reached. */
  readonly state: State;
  /** Last link beside the order. */
  readonly second: Link;
  /** That link and those before it, which are beside the order as well. */
  readonly branch: readonly Link[];
}

/**
 * The links that are joined through one: it and all before it, up to the order that it left.
 * @returns `missing`: a parent that is neither beside the order nor in it
 */
export function branchTo(
  second: Link,
  side: ReadonlyMap<Digest, Link>,
  order: ReadonlyMap<Digest, Link>,
): { readonly branch: readonly Link[]; readonly missing: Digest | undefined } {
  const branch = new Set([second]);
  // A set takes what is added while it is being gone through.
  for (const link of branch) {
    for (const parent of link.promotion.previous) {
      const known = side.get(parent);
      if (known !== undefined) branch.add(known);
      else if (!order.has(parent)) return { branch: [...branch], missing: parent };
    }
  }
  return { branch: [...branch], missing: undefined };
}

/**
 * Why a join cannot lead to a state, as a clause; undefined when it can: to the state that the order had, to that of
 * the link beside it if its signer had the authority, or to `revoked`. A revocation on either side stays.
 */
export function joinProblem({ state, second, branch }: Joint, to: State, policy: Policy): string | undefined {
  if (to === "revoked") return undefined;
  const authorised = (link: Link) => authorityProblem(link, policy) === undefined;
  if (state === "revoked" || branch.some((link) => link.promotion.to === "revoked" && authorised(link))) {
    return `the release was revoked on one side, so it is revoked, not ${to}`;
  }
  const other = authorised(second) ? second.promotion.to : undefined;
  if (to !== "experimental" && (to === state || to === other)) return undefined;
  const possible = [...new Set([state, other, "revoked"])].filter((one) => one !== undefined && one !== "experimental");
  return `both sides can be joined as ${possible.join(" or ")}, not as ${to}`;
}
