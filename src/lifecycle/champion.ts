import compareVersions from "semver/functions/compare.js";
import validVersion from "semver/functions/valid.js";
import type { Chain } from "./chain.ts";
import type { Link } from "./dossier.ts";
import type { ReleaseIdentity } from "./release.ts";

/** Another release of the same model, with its chain. */
export interface Sibling extends ReleaseIdentity {
  readonly chain: Chain;
}

/**
 * The release that a candidate has to beat: of the same name and variant, in production, and the one that came there
 * last (DESIGN 5.5). Undefined when there is none, as for the first release.
 */
export function championOf(
  siblings: readonly Sibling[],
  candidate: Pick<ReleaseIdentity, "subject" | "name" | "variant">,
): Sibling | undefined {
  return othersOf(siblings, candidate)
    .filter(({ chain }) => chain.state === "production")
    .toSorted(laterFirst)[0];
}

/** True when no other release of the same name and variant was ever in production. */
export function isFirstRelease(
  siblings: readonly Sibling[],
  candidate: Pick<ReleaseIdentity, "subject" | "name" | "variant">,
): boolean {
  return !othersOf(siblings, candidate).some(({ chain }) =>
    chain.links.some(({ promotion }) => promotion.to === "production"),
  );
}

/** Other releases that could stand in for one. */
export function othersOf(
  siblings: readonly Sibling[],
  { subject, name, variant }: Pick<ReleaseIdentity, "subject" | "name" | "variant">,
): readonly Sibling[] {
  return siblings.filter((one) => one.subject !== subject && one.name === name && one.variant === variant);
}

function laterFirst(a: Sibling, b: Sibling): number {
  const [x, y] = [toProduction(a), toProduction(b)];
  return (
    Date.parse(y?.promotion.promotedOn ?? "") - Date.parse(x?.promotion.promotedOn ?? "") ||
    (y?.promotion.sequence ?? 0) - (x?.promotion.sequence ?? 0) ||
    byVersion(b.version, a.version)
  );
}

function toProduction({ chain }: Sibling): Link | undefined {
  // A link that joins two sides may lead from production to production.
  return chain.links.findLast(({ promotion: { from, to } }) => to === "production" && from !== to);
}

/** A link may name any text as a version; such a one decides nothing. */
function byVersion(a: string, b: string): number {
  return validVersion(a) === null || validVersion(b) === null ? 0 : compareVersions(a, b);
}
