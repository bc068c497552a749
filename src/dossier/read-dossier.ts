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
  const evidence: Evidence[] = [];
  const refused: { digest: Digest; why: string }[] = [];
  for (const { holder, tag, judgement } of await collectEvidence(store, subject.digest, trust.signers)) {
    const signer = judgement.accepted ? trust.signerOf(judgement.signatory) : undefined;
    // A model signature is about files: evidence of nothing here, and nothing to wonder about.
    if (!judgement.accepted && judgement.code === "OMS_SIGNATURE") continue;
    if (!judgement.accepted) refused.push({ digest: holder, why: judgement.why });
    else if (signer !== undefined) {
      const { predicateType, predicate } = judgement.statement;
      const { time, digest } = judgement;
      evidence.push({
        statement: digest,
        predicateType,
        predicate,
        signer,
        ...(time && { proven: time }),
        ...(tag && { tag }),
      });
    }
  }
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

/** A link is one, whoever else signed its statement, too; what counts is the signer who had the role. */
function uniqueLinks(links: readonly Link[]): Link[] {
  const found = new Map<Digest, Link>();
  for (const link of links) {
    if (!found.has(link.statement) || link.signer.roles.includes(link.promotion.role)) found.set(link.statement, link);
  }
  return [...found.values()];
}
