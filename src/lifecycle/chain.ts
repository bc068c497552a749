import type { State } from "../evidence/index.ts";
import { type Digest, shortDigest } from "../oci/index.ts";
import { uncopiedLinks } from "./chain-copies.ts";
import { judgeOrder, type OrderedLinks } from "./chain-links.ts";
import { orderByParents } from "./chain-order.ts";
import type { FoundLinks, Link } from "./dossier.ts";
import { chainError } from "./errors.ts";
import type { Policy } from "./policy.ts";
import { isOf, type ReleaseIdentity, showRelease } from "./release.ts";

/** A release's promotions, in order, each allowed by the policy. */
export interface Chain {
  readonly links: readonly Link[];
  /** `experimental` without a link. */
  readonly state: State;
  /** Statement of the last link. */
  readonly head: Digest | undefined;
  /** In the ledger and not yet copied to the store, in order: an unfinished promotion. */
  readonly uncopied: readonly Link[];
}

/**
 * Puts the links of a release in order and judges every one (DESIGN 5.5). The ledger decides the order, and the store
 * may lack only its end; without a ledger the links' own parents do, and what cannot be noticed is a last link that
 * was deleted. A store that is out of reach is not compared.
 *
 * @param links of which every signature was checked
 * @throws SlipwayError CHAIN_GAP, CHAIN_FORKED, CHAIN_FOREIGN, CHAIN_DIVERGED, CHAIN_UNAUTHORISED, CHAIN_INVALID,
 *   CHAIN_UNREADABLE
 */
export function assembleChain(release: ReleaseIdentity, links: FoundLinks, policy: Policy): Chain {
  const found = { ledger: links.ledger, side: unique(links.side), store: links.store && unique(links.store) };
  refuseForeign(release, [...(found.ledger ?? []), ...found.side, ...(found.store ?? [])]);
  const ordered = orderLinks(release, found, policy);
  judgeOrder(ordered, release, policy);
  const last = ordered.main.at(-1);
  return {
    links: ordered.main,
    state: last?.promotion.to ?? "experimental",
    head: last?.statement,
    uncopied: links.ledger === undefined ? [] : uncopiedLinks(release, ordered, found.store),
  };
}

function orderLinks(release: ReleaseIdentity, { ledger, side, store }: FoundLinks, policy: Policy): OrderedLinks {
  if (ledger !== undefined) return { main: ledger, side };
  if (policy.ledger === undefined && store !== undefined) return orderByParents(release, unique([...store, ...side]));
  const missing = policy.ledger === undefined ? "store" : `ledger ${policy.ledger.repository}`;
  throw chainError(
    "CHAIN_UNREADABLE",
    `the ${missing} was not read, and it orders the chain of ${showRelease(release)}`,
  );
}

function refuseForeign(release: ReleaseIdentity, links: readonly Link[]): void {
  const foreign = links.find((link) => !isOf(release, link));
  if (foreign === undefined) return;
  const { promotion, statement, subject } = foreign;
  throw chainError(
    "CHAIN_FOREIGN",
    `link ${promotion.sequence} ${statement} among those of ${showRelease(release)} (${shortDigest(release.subject)}) is about ${showRelease(promotion)} (${shortDigest(subject)})`,
  );
}

/** A statement may be attached more than once. */
function unique(links: readonly Link[]): readonly Link[] {
  return [...new Map(links.map((link) => [link.statement, link])).values()];
}
