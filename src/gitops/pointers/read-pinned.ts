import { EvidencePack, type PolicyInForce, readDossier, readSiblings, readSituation } from "../../dossier/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { assembleChain, type Chain, type Dossier, type Sibling } from "../../lifecycle/index.ts";
import { type ReadableStore, shortDigest } from "../../oci/index.ts";
import { variantTag } from "../../release/index.ts";
import { gitopsError } from "../errors.ts";
import type { GitLedger } from "../ledger/git-ledger.ts";

/** A release that a pointer names, with everything that is known about it. */
export interface PinnedRelease {
  readonly dossier: Dossier;
  readonly chain: Chain;
  readonly siblings: readonly Sibling[];
  /** Where the evidence was read from. */
  readonly source: "registry" | "Git";
  /** True when the store can be read and does not have the release any more, so that nobody could pull it. */
  readonly gone: boolean;
}

/** Where pinned releases are read from. */
export interface PinnedSources {
  /** Opens the store that the pin's URI names. */
  readonly openStore: () => Promise<ReadableStore>;
  readonly ledger: GitLedger | undefined;
  readonly inForce: PolicyInForce;
}

/** Whose pointer it is. */
type Model = { readonly name: string; readonly variant: string };

/** Nothing is wrong with the release; its store is just not to be had. */
const outOfReach = new Set([
  "STORE_NOT_FOUND",
  "STORE_UNREADABLE",
  "NOT_FOUND",
  "REGISTRY_UNREACHABLE",
  "REGISTRY_FAILED",
  "REGISTRY_DENIED",
  "TOKEN_SERVER_FAILED",
]);

/**
 * Reads a pinned release from its store, and from the evidence pack in Git when the store is out of reach. A store that
 * answers with altered content is not out of reach: that is an answer.
 *
 * @throws SlipwayError what the store, the ledger and the chain throw; NOT_FOUND when Git has no pack either;
 *   POINTER_PIN_INVALID when the digest is that of another release than the pin says
 */
export async function readPinned(pin: Pin, model: Model, sources: PinnedSources): Promise<PinnedRelease> {
  const release = await readRelease(pin, model, sources);
  const { name, version, variant } = release.dossier;
  if (name === model.name && variant === model.variant && version === pin.version) return release;
  throw gitopsError(
    "POINTER_PIN_INVALID",
    `the pin says ${model.name} ${pin.version} (${model.variant}), and ${shortDigest(pin.subject)} is ${name} ${version} (${variant})`,
  );
}

async function readRelease(pin: Pin, model: Model, sources: PinnedSources): Promise<PinnedRelease> {
  const { openStore, ledger, inForce } = sources;
  try {
    const store = await openStore();
    const { dossier, chain, siblings } = await readSituation({ digest: pin.subject }, store, ledger, inForce);
    return { dossier, chain, siblings, source: "registry", gone: false };
  } catch (error) {
    if (!(error instanceof SlipwayError) || !outOfReach.has(error.code) || ledger === undefined) throw error;
    return { ...(await readPack(pin, model, ledger, inForce)), source: "Git", gone: error.code === "NOT_FOUND" };
  }
}

async function readPack(
  { version, subject }: Pin,
  { name, variant }: Model,
  ledger: GitLedger,
  { policy, trust }: PolicyInForce,
): Promise<Pick<PinnedRelease, "dossier" | "chain" | "siblings">> {
  const release = variantTag(version, variant);
  const contents = await ledger.pack(name, release);
  const pack = new EvidencePack(`the evidence pack of ${name} ${release} in ${ledger.label}`, contents);
  const entries = await ledger.entries(name);
  const dossier = await readDossier({ digest: subject }, { store: pack, complete: false, ledger: entries, trust });
  const chain = assembleChain(dossier, dossier.links, policy);
  const siblings = await readSiblings(name, variant, { store: undefined, ledger: entries, trust, policy });
  return { dossier, chain, siblings };
}
