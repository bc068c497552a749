import { EvidencePack, type PolicyInForce, readDossier, readSiblings, readSituation } from "../../dossier/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { assembleChain, type Chain, type Dossier, type Sibling } from "../../lifecycle/index.ts";
import type { ReadableStore } from "../../oci/index.ts";
import { variantTag } from "../../release/index.ts";
import type { GitLedger } from "../ledger/git-ledger.ts";

/** A release that a pointer names, with everything that is known about it. */
export interface PinnedRelease {
  readonly dossier: Dossier;
  readonly chain: Chain;
  readonly siblings: readonly Sibling[];
  /** Where the evidence was read from. */
  readonly source: "registry" | "Git";
}

/** Nothing is wrong with the release; its store is just not to be had. */
const outOfReach = new Set(["STORE_NOT_FOUND", "STORE_UNREADABLE", "NOT_FOUND", "REGISTRY_UNSUPPORTED"]);

/**
 * Reads a pinned release from its store, and from the evidence pack in Git when the store is out of reach. A store that
 * answers with altered content is not out of reach: that is an answer.
 *
 * @param openStore opens the store that the pin's URI names
 * @throws SlipwayError what the store, the ledger and the chain throw; NOT_FOUND when Git has no pack either
 */
export async function readPinned(
  { version, subject }: Pin,
  { name, variant }: { readonly name: string; readonly variant: string },
  sources: {
    readonly openStore: () => Promise<ReadableStore>;
    readonly ledger: GitLedger | undefined;
    readonly inForce: PolicyInForce;
  },
): Promise<PinnedRelease> {
  const { openStore, ledger, inForce } = sources;
  try {
    const { dossier, chain, siblings } = await readSituation({ digest: subject }, await openStore(), ledger, inForce);
    return { dossier, chain, siblings, source: "registry" };
  } catch (error) {
    if (!(error instanceof SlipwayError) || !outOfReach.has(error.code) || ledger === undefined) throw error;
  }
  const { policy, trust } = inForce;
  const release = variantTag(version, variant);
  const pack = new EvidencePack(
    `the evidence pack of ${name} ${release} in ${ledger.label}`,
    await ledger.pack(name, release),
  );
  const entries = await ledger.entries(name);
  const dossier = await readDossier({ digest: subject }, { store: pack, complete: false, ledger: entries, trust });
  const chain = assembleChain(dossier, dossier.links, policy);
  const siblings = await readSiblings(name, variant, { store: undefined, ledger: entries, trust, policy });
  return { dossier, chain, siblings, source: "Git" };
}
