import { predicateType } from "../evidence/index.ts";
import { fetchMetadata, fetchRelease } from "../formats/index.ts";
import type { Dossier, Evidence, LedgerEntry, Lineage, Link } from "../lifecycle/index.ts";
import type { Digest, ReadableStore } from "../oci/index.ts";
import { type AdrMetadata, parseMetadata, variantTag } from "../release/index.ts";
import { collectEvidence } from "../signing/index.ts";
import { linkOf, readLedgerEntry } from "./read-links.ts";
import type { Trust } from "./trust.ts";

/** Where a dossier is read from. */
export interface DossierSources {
  readonly store: Pick<ReadableStore, "label" | "resolve" | "exists" | "fetch" | "referrers">;
  /** False for an evidence pack: what it holds says nothing about which links the release's store has. */
  readonly complete: boolean;
  /** Every entry of the ledger about this model; undefined when the policy names no ledger. */
  readonly ledger: readonly LedgerEntry[] | undefined;
  readonly trust: Trust;
}

/**
 * Reads all that is known about one release. Every signature is checked; nothing is decided.
 *
 * @throws SlipwayError NOT_FOUND, TAG_MISMATCH, STORE_CORRUPT, FORM_*, METADATA_*, EVIDENCE_FLOOD,
 *   LEDGER_ENTRY_REFUSED
 */
export async function readDossier(
  name: { readonly tag?: string | undefined; readonly digest: Digest },
  { store, complete, ledger, trust }: DossierSources,
): Promise<Dossier> {
  const { subject, form } = await fetchRelease(store, name);
  const metadata = parseMetadata(await fetchMetadata(store, form));
  const { accepted: evidence, refused } = await acceptedEvidence(store, subject.digest, trust);
  const release = variantTag(form.version, form.variant);
  const entries = ledger?.filter((entry) => entry.release === release);
  const attached = evidence.flatMap((item) => linkOf(item, subject.digest) ?? []);
  return {
    subject: subject.digest,
    name: form.name,
    version: form.version,
    variant: form.variant,
    owner: form.owner,
    modelCard: form.modelCard,
    lineage: lineageOf(metadata),
    evidence: uniqueEvidence(evidence),
    refused,
    links: {
      ledger: entries?.filter((entry) => !entry.side).map((entry) => readLedgerEntry(entry, trust)),
      side: entries?.filter((entry) => entry.side).map((entry) => readLedgerEntry(entry, trust)) ?? [],
      store: complete ? uniqueLinks(attached) : undefined,
    },
  };
}

/** What is attached to a subject: what somebody of the policy has signed, each time that it is there, and the rest. */
export async function acceptedEvidence(
  store: DossierSources["store"],
  subject: Digest,
  trust: Trust,
): Promise<{ readonly accepted: readonly Evidence[]; readonly refused: Dossier["refused"] }> {
  const accepted: Evidence[] = [];
  const refused: Dossier["refused"][number][] = [];
  for (const { holder, states, tag, judgement } of await collectEvidence(store, subject, trust.signers)) {
    const signer = judgement.accepted ? trust.signerOf(judgement.signatory) : undefined;
    // A model signature is about files: evidence of nothing here, and nothing to wonder about.
    if (!judgement.accepted && judgement.code === "OMS_SIGNATURE") continue;
    if (!judgement.accepted) refused.push({ digest: holder, ...(states && { statement: states }), why: judgement.why });
    else if (signer !== undefined) {
      const { predicateType, predicate } = judgement.statement;
      const { time, digest } = judgement;
      const known = { ...(time && { proven: time }), ...(tag && { tag }) };
      accepted.push({ statement: digest, predicateType, predicate, signer, ...known });
    }
  }
  return { accepted, refused };
}

function lineageOf({ provenance }: AdrMetadata): Lineage {
  const { trainingRun, dataset, datasetVersion, codeCommit, codeRepository, baseModel, trainedAt, trainedBy } =
    provenance;
  return { trainingRun, dataset, datasetVersion, codeCommit, codeRepository, baseModel, trainedAt, trainedBy };
}

/**
 * A statement may be attached twice, as in both storages, or after a copy by another tool; for each signer it counts once,
 * and a time that one of them proves is proven. A signature has another payload in each storage: the bundle's is what
 * others refer to, since an evidence pack has it.
 */
function uniqueEvidence(items: readonly Evidence[]): Evidence[] {
  const unique = new Map<string, Evidence>();
  for (const item of items) {
    const isSignature = item.predicateType === predicateType.cosignSignature;
    const name = `${isSignature ? "signature" : item.statement} ${item.signer.fingerprint}`;
    const known = unique.get(name);
    if (known === undefined) unique.set(name, item);
    else if (known.proven === undefined && item.proven !== undefined)
      unique.set(name, { ...known, proven: item.proven });
  }
  return [...unique.values()];
}

/** A link is one, whoever else signed its statement, too; what counts is the signer who had the role, and a proven time. */
function uniqueLinks(links: readonly Link[]): Link[] {
  const found = new Map<Digest, Link>();
  for (const link of links) {
    const known = found.get(link.statement);
    if (known === undefined || rank(link) > rank(known)) found.set(link.statement, link);
  }
  return [...found.values()];
}

function rank({ signer, promotion, proven }: Link): number {
  return (signer.roles.includes(promotion.role) ? 2 : 0) + (proven === undefined ? 0 : 1);
}
