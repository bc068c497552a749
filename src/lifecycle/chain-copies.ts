import type { OrderedLinks } from "./chain-links.ts";
import type { Link } from "./dossier.ts";
import { chainError } from "./errors.ts";
import { branchTo } from "./join.ts";
import { type ReleaseIdentity, showRelease } from "./release.ts";

/**
 * The links that the store lacks, when it has all of the others: what a promotion that was cut off has yet to copy.
 *
 * @param ordered from the ledger, judged
 * @param store undefined when it is out of reach: nothing is compared
 * @throws SlipwayError CHAIN_DIVERGED
 */
export function uncopiedLinks(
  release: ReleaseIdentity,
  { main, side }: OrderedLinks,
  store: readonly Link[] | undefined,
): readonly Link[] {
  if (store === undefined) return [];
  refuseUnordered(release, [...main, ...side], store);
  const stored = new Set(store.map((link) => link.statement));
  const lacks = (link: Link) => !stored.has(link.statement);
  const copies = main.findLastIndex((link) => !lacks(link)) + 1;
  // What later links in the store stand on must be in it.
  const needed = [...main.slice(0, copies), ...joinedBy(main.slice(0, copies), { main, side })];
  const lost = needed.filter(lacks);
  if (lost.length > 0) {
    throw chainError(
      "CHAIN_DIVERGED",
      `the store lacks ${lost.length} of the links of ${showRelease(release)}, and has later ones`,
      {
        details: lost.map((link) => `only in the ledger: ${showLink(link)}`),
        remedy: "Attach them to the release again, from the ledger, and find out who removed them from the store.",
      },
    );
  }
  return [...side, ...main].filter(lacks);
}

function refuseUnordered(release: ReleaseIdentity, ordered: readonly Link[], store: readonly Link[]): void {
  const known = new Set(ordered.map((link) => link.statement));
  const extra = store.filter((link) => !known.has(link.statement));
  if (extra.length === 0) return;
  throw chainError(
    "CHAIN_DIVERGED",
    `the store has ${extra.length} of the links of ${showRelease(release)} that the ledger lacks`,
    { details: extra.map((link) => `only in the store: ${showLink(link)}`) },
  );
}

function joinedBy(links: readonly Link[], { main, side }: OrderedLinks): readonly Link[] {
  const beside = new Map(side.map((link) => [link.statement, link]));
  const order = new Map(main.map((link) => [link.statement, link]));
  const seconds = links.flatMap((link) => link.promotion.previous.flatMap((parent) => beside.get(parent) ?? []));
  return [...new Set(seconds.flatMap((second) => branchTo(second, beside, order).branch))];
}

function showLink({ promotion: { sequence, from, to, role }, statement, signer }: Link): string {
  return `link ${sequence} ${statement}, ${from} → ${to} by ${role}/${signer.name}`;
}
