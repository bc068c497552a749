import { predicateType } from "../evidence/index.ts";
import { type FetchedRelease, fetchRelease } from "../formats/index.ts";
import { type Dossier, findBranches, type Ledger, type LedgerEntry, type Link, planJoin } from "../lifecycle/index.ts";
import type { Digest, WritableStore } from "../oci/index.ts";
import { variantTag } from "../release/index.ts";
import { collectEvidence, fetchBundle } from "../signing/index.ts";
import { collectPack } from "./collect-pack.ts";
import { completePromotion, type SignedLink } from "./complete-promotion.ts";
import { type PromotionOrder, signLink } from "./promote-release.ts";
import { readDossier } from "./read-dossier.ts";
import { readLedgerEntry } from "./read-links.ts";
import type { PolicyInForce } from "./situation.ts";

export interface ResolvePorts {
  readonly store: WritableStore;
  readonly ledger: Ledger | undefined;
  readonly inForce: PolicyInForce;
}

/** What joining a chain came to; `undefined` when there was nothing to join. */
export interface Joined {
  readonly dossier: Dossier;
  readonly link: SignedLink;
  readonly commit: string | undefined;
}

/**
 * Joins a chain that diverged (DESIGN 5.5, `promote --resolve`): signs a link with two parents, and brings every link
 * to the places that lack it, so that ledger and store say the same again.
 *
 * @throws SlipwayError TRANSITION_NOT_ALLOWED, ROLE_REQUIRED, LINK_INVALID, STATE_MOVED; what the store and the ledger throw
 */
export async function resolveChain(
  name: { readonly tag?: string | undefined; readonly digest: Digest },
  order: PromotionOrder,
  { store, ledger, inForce }: ResolvePorts,
): Promise<Joined | undefined> {
  const { policy, trust, bytes } = inForce;
  const release = await fetchRelease(store, name);
  const entries = await ledger?.entries(release.form.name);
  const dossier = await readDossier(name, { store, complete: true, ledger: entries, trust });
  const branches = findBranches(dossier.links);
  const [other] = branches.others;
  if (other === undefined) return undefined;
  const { request, actor, now, run, signer, format } = order;
  const promotion = planJoin(request, other, { release: dossier, branches, policy, actor, now }, run);
  const link = await signLink(dossier.subject, promotion, order, inForce);
  const own = `${dossier.version}-${dossier.variant}`;
  const ledgered = entries?.filter((entry) => entry.release === own) ?? [];
  const beside = await bundlesOf(branches.beside, ledgered, release, { store, inForce });
  let commit: string | undefined;
  if (ledger !== undefined) {
    const known = new Set(ledgered.map((entry) => readLedgerEntry(entry, trust).statement));
    const { contents } = await collectPack(store, release, bytes);
    commit = await ledger.append({
      name: dossier.name,
      release: variantTag(dossier.version, dossier.variant),
      sequence: promotion.sequence,
      bundle: link.bundle,
      side: beside.filter(({ statement }) => !known.has(statement)).map(({ bundle }) => bundle),
      pack: contents,
      message: order.message(link),
    });
  }
  const present = new Set(dossier.links.store?.map(({ statement }) => statement));
  const links = [
    ...ledgered.map((entry) => ({ ...readLedgerEntry(entry, trust), bundle: entry.bundle })),
    ...beside,
    link,
  ];
  const lacking = new Map(links.filter(({ statement }) => !present.has(statement)).map((one) => [one.statement, one]));
  const { subject } = release;
  await completePromotion({
    store,
    subject,
    links: [...lacking.values()],
    head: link,
    // Without a ledger the store lacks this link alone, and no other one has its position.
    ordered: ledger !== undefined,
    evidence: dossier.evidence,
    signer,
    format,
    actor,
    run,
    now,
  });
  return { dossier, link, commit };
}

/** The bundles of links, from the ledger or from the store. */
async function bundlesOf(
  wanted: readonly Link[],
  ledgered: readonly LedgerEntry[],
  { subject }: FetchedRelease,
  { store, inForce: { trust } }: Pick<ResolvePorts, "store" | "inForce">,
): Promise<readonly SignedLink[]> {
  const bundles = new Map<Digest, Uint8Array>();
  for (const entry of ledgered) bundles.set(readLedgerEntry(entry, trust).statement, entry.bundle);
  for (const { holder, storage, judgement } of await collectEvidence(store, subject.digest, trust.signers)) {
    if (!judgement.accepted || judgement.statement.predicateType !== predicateType.promotion) continue;
    // The ledger keeps bundles; every link has one.
    if (storage === "bundle" && !bundles.has(judgement.digest)) {
      bundles.set(judgement.digest, await fetchBundle(store, subject.digest, holder));
    }
  }
  return wanted.flatMap(({ statement, promotion }) => {
    const bundle = bundles.get(statement);
    return bundle === undefined ? [] : [{ statement, promotion, bundle }];
  });
}
