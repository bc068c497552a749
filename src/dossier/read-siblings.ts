import { assembleChain, type LedgerEntry, type Policy, type Sibling } from "../lifecycle/index.ts";
import type { ReadableStore } from "../oci/index.ts";
import { parseTag, variantTag } from "../release/index.ts";
import { dossierError } from "./errors.ts";
import { readDossier } from "./read-dossier.ts";
import { readLedgerEntry } from "./read-links.ts";
import type { Trust } from "./trust.ts";

/**
 * The other releases of a model that were ever promoted, with their states: from the ledger where there is one, else
 * from the store.
 *
 * @throws SlipwayError CHAIN_*, LEDGER_ENTRY_REFUSED; what the store throws
 */
export async function readSiblings(
  name: string,
  variant: string,
  sources: {
    readonly store: ReadableStore | undefined;
    readonly ledger: readonly LedgerEntry[] | undefined;
    readonly trust: Trust;
    readonly policy: Policy;
  },
): Promise<readonly Sibling[]> {
  const { store, ledger, trust, policy } = sources;
  if (ledger !== undefined)
    return siblingsInLedger(ledger, trust, policy).filter((sibling) => sibling.variant === variant);
  const siblings: Sibling[] = [];
  for (const tag of (await store?.tags()) ?? []) {
    const parsed = parseTag(tag);
    if (store === undefined || parsed.kind !== "variant" || parsed.variant !== variant) continue;
    const { digest } = await store.resolve({ tag });
    const dossier = await readDossier({ digest }, { store, complete: true, ledger, trust });
    if (dossier.name !== name) continue;
    siblings.push({ ...dossier, chain: assembleChain(dossier, dossier.links, policy) });
  }
  return siblings;
}

function siblingsInLedger(entries: readonly LedgerEntry[], trust: Trust, policy: Policy): Sibling[] {
  const releases = Map.groupBy(entries, (entry) => entry.release);
  return [...releases.values()].flatMap((own) => {
    const main = own.filter((entry) => !entry.side).map((entry) => readLedgerEntry(entry, trust));
    const side = own.filter((entry) => entry.side).map((entry) => readLedgerEntry(entry, trust));
    const [first] = [...main, ...side];
    if (first === undefined) return [];
    const { subject, promotion } = first;
    const { name, version, variant } = promotion;
    const place = own[0]?.release ?? "";
    if (variantTag(version, variant) !== place) {
      throw dossierError("LEDGER_ENTRY_REFUSED", `the link of ${name} ${version} ${variant} lies below ${place}`);
    }
    const release = { subject, name, version, variant };
    return [{ ...release, chain: assembleChain(release, { ledger: main, side, store: undefined }, policy) }];
  });
}
