import { SlipwayError } from "../errors/index.ts";
import { type FetchedRelease, fetchRelease } from "../formats/index.ts";
import {
  assembleChain,
  type Chain,
  type Dossier,
  type Ledger,
  type LedgerEntry,
  type Policy,
  type Sibling,
} from "../lifecycle/index.ts";
import type { Digest, ReadableStore } from "../oci/index.ts";
import { withPacked } from "./packed-evidence.ts";
import { readDossier } from "./read-dossier.ts";
import { readSiblings } from "./read-siblings.ts";
import type { Trust } from "./trust.ts";

/** A policy with its keys, as it was read. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly trust: Trust;
  /** The policy's own bytes, which its digest names. */
  readonly bytes: Uint8Array;
}

/** A release, all that is known about it, and the releases around it. */
export interface Situation {
  readonly release: FetchedRelease;
  readonly dossier: Dossier;
  readonly chain: Chain;
  readonly siblings: readonly Sibling[];
  /** The ledger's entries of this release. */
  readonly entries: readonly LedgerEntry[] | undefined;
}

/**
 * Reads a release, its evidence, its chain and its siblings from the store and the ledger. A promotion that happens
 * between the two readings makes them look different: what still differs when both are read again does differ.
 *
 * @throws SlipwayError what the store and the ledger throw; CHAIN_* when the chain is not whole
 */
export async function readSituation(...sources: Parameters<typeof readOnce>): Promise<Situation> {
  try {
    return await readOnce(...sources);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "CHAIN_DIVERGED") return readOnce(...sources);
    throw error;
  }
}

async function readOnce(
  name: { readonly tag?: string | undefined; readonly digest: Digest },
  store: ReadableStore,
  ledger: Ledger | undefined,
  { policy, trust }: PolicyInForce,
): Promise<Situation> {
  const release = await fetchRelease(store, name);
  const entries = await ledger?.entries(release.form.name);
  const dossier = await readDossier(name, { store, complete: true, ledger: entries, trust });
  const chain = assembleChain(dossier, dossier.links, policy);
  const whole = await withPacked(dossier, chain, ledger, trust);
  const sources = { store, ledger: entries, trust, policy };
  const siblings = await readSiblings(dossier.name, dossier.variant, sources);
  const own = `${dossier.version}-${dossier.variant}`;
  return { release, dossier: whole, chain, siblings, entries: entries?.filter((entry) => entry.release === own) };
}
