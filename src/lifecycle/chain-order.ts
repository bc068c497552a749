import type { Digest } from "../oci/index.ts";
import type { OrderedLinks } from "./chain-links.ts";
import type { Link } from "./dossier.ts";
import { chainError } from "./errors.ts";
import { type ReleaseIdentity, showRelease } from "./release.ts";

/**
 * Orders links that nothing but their parents orders: from the one that no other follows back to the first, by first
 * parents. What is left lies beside the order.
 *
 * @param links each statement once
 * @throws SlipwayError CHAIN_GAP, CHAIN_FORKED, CHAIN_INVALID
 */
export function orderByParents(release: ReleaseIdentity, links: readonly Link[]): OrderedLinks {
  const known = new Map(links.map((link) => [link.statement, link]));
  requireParents(release, links, known);
  const heads = headsOf(links);
  const [head, ...others] = heads;
  if (others.length > 0) {
    throw chainError("CHAIN_FORKED", `the chain of ${showRelease(release)} has ${heads.length} ends instead of one`, {
      details: heads.map(
        ({ promotion: { sequence, from, to }, statement }) =>
          `ends with link ${sequence} ${statement}, ${from} → ${to}`,
      ),
    });
  }
  if (head === undefined) {
    if (links.length === 0) return { main: [], side: [] };
    throw chainError(
      "CHAIN_INVALID",
      `the ${links.length} links of ${showRelease(release)} follow each other in a circle`,
    );
  }
  const main = lineTo(head, known);
  const ordered = new Set(main);
  return { main, side: links.filter((link) => !ordered.has(link)) };
}

/** The links that no other one follows. */
export function headsOf(links: readonly Link[]): readonly Link[] {
  const followed = new Set(links.flatMap((link) => link.promotion.previous));
  return links.filter((link) => !followed.has(link.statement));
}

/** A link and all before it, by first parents, the first one first; ends where a parent is not known. */
export function lineTo(head: Link, known: ReadonlyMap<Digest, Link>): readonly Link[] {
  const line = new Set<Link>();
  for (let link: Link | undefined = head; link !== undefined && !line.has(link); ) {
    line.add(link);
    const [parent]: readonly Digest[] = link.promotion.previous;
    link = parent === undefined ? undefined : known.get(parent);
  }
  return [...line].reverse();
}

function requireParents(release: ReleaseIdentity, links: readonly Link[], known: ReadonlyMap<Digest, Link>): void {
  for (const { promotion, statement } of links) {
    const missing = promotion.previous.find((parent) => !known.has(parent));
    if (missing === undefined) continue;
    throw chainError(
      "CHAIN_GAP",
      `link ${promotion.sequence} ${statement} of ${showRelease(release)} follows ${missing}, which is not there`,
    );
  }
}
