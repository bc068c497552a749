import { type Digest, maxManifestBytes, mediaType, type WritableStore } from "../oci/index.ts";
import type { AttachedEvidence, EvidenceFormat } from "./attach.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { judgeSignature } from "./judge.ts";
import { legacyTag } from "./legacy/format.ts";
import type { EvidenceStorage } from "./signed-content.ts";
import type { StatementSigner } from "./signer.ts";
import type { SignerTrust } from "./trust/signer-trust.ts";

/** The signature that a signer made of a subject before. */
export interface OwnSignature {
  /** What holds it as a bundle, with the evidence tag of the run that made it. */
  readonly bundle: AttachedEvidence | undefined;
  /** The layer that holds it in the older storage, with the tag of its own. */
  readonly legacy: AttachedEvidence | undefined;
  /** Where it is still to be written; undefined when it is wherever it is wanted. */
  readonly missing: EvidenceFormat | undefined;
}

/**
 * Looks for the signature that a signer has made of a subject before, in each storage that is wanted. Its tag is given
 * back when the store lost it.
 *
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findSignature(
  store: WritableStore,
  subject: Digest,
  { recognises }: Pick<StatementSigner, "recognises">,
  format: EvidenceFormat,
): Promise<OwnSignature> {
  const found = new Map<EvidenceStorage, AttachedEvidence>();
  for await (const candidate of candidatesOf(store, subject)) {
    const { holder, storage, tag } = candidate;
    if (found.has(storage) || !isOwn(candidate, subject, recognises)) continue;
    if (storage === "legacy") found.set(storage, { digest: holder, tag: tag ?? legacyTag(subject, "signature") });
    else if (tag !== undefined) found.set(storage, await withTag(store, subject, holder, tag));
  }
  const missing = (["bundle", "legacy"] as const).filter(
    (storage) => (format === "both" || format === storage) && !found.has(storage),
  );
  return {
    bundle: found.get("bundle"),
    legacy: found.get("legacy"),
    missing: missing.length > 1 ? "both" : missing[0],
  };
}

/** The older storage cannot hold every log's proof: what lacks it there could not be written any better. */
function isOwn(candidate: Candidate, subject: Digest, trust: SignerTrust): boolean {
  if (judgeSignature(candidate, subject, trust).accepted) return true;
  if (candidate.storage !== "legacy" || trust.root === undefined) return false;
  return judgeSignature(candidate, subject, { ...trust, root: { ...trust.root, tlogs: [] } }).accepted;
}

/** Gives a bundle its own tag again. */
export async function withTag(
  store: WritableStore,
  subject: Digest,
  holder: Digest,
  tag: string,
): Promise<AttachedEvidence> {
  const descriptor = (await store.referrers(subject)).find(({ digest }) => digest === holder);
  if (descriptor !== undefined) {
    await store.announce(await store.fetch(descriptor, maxManifestBytes), mediaType.manifest, tag);
  }
  return { digest: holder, tag };
}
