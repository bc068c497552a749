import { headsOf, lineTo } from "./chain-order.ts";
import type { FoundLinks, Link } from "./dossier.ts";

/** The sides of a chain that diverged or forked. */
export interface Branches {
  /** The order that is kept: the ledger's, or the longest line. */
  readonly main: readonly Link[];
  /** What lies beside it: each line's last link. */
  readonly others: readonly Link[];
  /** Every link beside the order, to be put beside it in the ledger. */
  readonly beside: readonly Link[];
}

/**
 * Finds what `promote --resolve` has to join. Judges nothing: the join is judged when the chain is assembled again.
 * Several other branches are joined one after the other.
 */
export function findBranches({ ledger, side, store }: FoundLinks): Branches {
  const all = new Map([...(ledger ?? []), ...side, ...(store ?? [])].map((link) => [link.statement, link]));
  const main = ledger ?? longest([...all.values()], all);
  const reached = new Set<Link>();
  const ordered = main.flatMap((link) => all.get(link.statement) ?? []);
  for (const link of ordered) reached.add(link);
  // A set takes what is added while it is being gone through: what is joined already is beside no more.
  for (const link of reached) for (const parent of link.promotion.previous) addKnown(all.get(parent), reached);
  const beside = [...all.values()].filter((link) => !reached.has(link));
  return { main, others: headsOf(beside), beside };
}

function addKnown(link: Link | undefined, links: Set<Link>): void {
  if (link !== undefined) links.add(link);
}

/** The longest line; of equal ones that which was there first. */
function longest(links: readonly Link[], all: ReadonlyMap<Link["statement"], Link>): readonly Link[] {
  const lines = headsOf(links).map((head) => lineTo(head, all));
  const ended = (line: readonly Link[]) => Date.parse(line.at(-1)?.promotion.promotedOn ?? "");
  const byName = (a: readonly Link[], b: readonly Link[]) =>
    (a.at(-1)?.statement ?? "") < (b.at(-1)?.statement ?? "") ? -1 : 1;
  return lines.toSorted((a, b) => b.length - a.length || ended(a) - ended(b) || byName(a, b))[0] ?? [];
}
