import { type Digest, hexOf } from "../digest.ts";
import { isTag } from "../reference.ts";
import type { Closure, FoundManifest } from "./closure.ts";

/** The tags that a copy's manifests have in the target, the root's first. */
export type TagPlan = ReadonlyMap<Digest, readonly string[]>;

/**
 * Chooses the tags under which each manifest lives in the target; registries collect what has none (DESIGN 5.3). The
 * root gets those that were asked for; each other manifest the one that it claims and has, or has in the source, when
 * that is a tag of this release, and else one that follows from its digest. What is found by a legacy tag has that.
 *
 * @param rootTags undefined for the tag that the root claims, unless the source says otherwise
 */
export function planTags(
  { root, manifests, tags, bases }: Pick<Closure, "root" | "manifests" | "tags" | "bases">,
  rootTags: readonly string[] | undefined,
): TagPlan {
  const held = new Map<Digest, string[]>();
  for (const [tag, digest] of tags) held.set(digest, [...(held.get(digest) ?? []), tag]);
  const claims = new Map<string, number>();
  for (const { ownTag = "" } of manifests.values()) claims.set(ownTag, (claims.get(ownTag) ?? 0) + 1);
  /** A tag that a manifest claims is its own unless the source gave it to another, or another claims it, too. */
  const ownOf = ({ ownTag, descriptor }: FoundManifest): string | undefined => {
    if (ownTag === undefined || !mayBeClaimed(ownTag)) return undefined;
    const agreed = tags.has(ownTag) ? tags.get(ownTag) === descriptor.digest : claims.get(ownTag) === 1;
    return agreed ? ownTag : undefined;
  };
  const plan = new Map<Digest, readonly string[]>();
  for (const found of manifests.values()) {
    const { digest } = found.descriptor;
    if (found.role === "legacy") continue;
    if (digest === root) {
      plan.set(digest, rootTags ?? [ownOf(found) ?? derivedTag(bases[0], digest)]);
      continue;
    }
    const may = (tag: string): boolean =>
      bases.some((base) => belongsTo(tag, base) && (found.role === "child" || isEvidence(tag, base)));
    const own = ownOf(found);
    const claimed = own !== undefined && may(own) ? own : undefined;
    const [shortest] = (held.get(digest) ?? []).filter(may).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    plan.set(digest, [claimed ?? shortest ?? derivedTag(bases[0], digest)]);
  }
  return plan;
}

/** Tags that name a digest are those of referrers and of legacy signatures; no manifest has one to itself. */
export function mayBeClaimed(tag: string): boolean {
  return isTag(tag) && !tag.startsWith("sha256-");
}

/** Whether a tag is one of the release with this tag: of a variant of it, or of its evidence. */
export function belongsTo(tag: string, base: string): boolean {
  return tag.startsWith(`${base}_`) || tag.startsWith(`${base}-`);
}

/** "_" stands in no version, so that no evidence can take the place of a release. */
function isEvidence(tag: string, base: string): boolean {
  return tag.slice(base.length).includes("_");
}

/** A tag that follows from a manifest's digest alone, and from the release that it belongs to. */
export function derivedTag(base: string | undefined, digest: Digest): string {
  const prefix = base === undefined ? "" : `${base.slice(0, longestBase)}_`;
  return `${prefix}by-digest-${hexOf(digest).slice(0, 32)}`;
}

/** A tag has 128 characters at most. */
const longestBase = 80;
