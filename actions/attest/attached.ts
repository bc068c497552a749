import { annotation, type Digest, digestOf, type ReadableStore } from "../../src/oci/index.ts";
import { collectEvidence, findStatement, type SigningKey } from "../../src/signing/index.ts";
import type { Planned } from "./predicate.ts";

/** A statement that is attached already, with its tag. */
export interface Attached {
  readonly statement: Digest;
  /** Digest of the manifest that attaches it. */
  readonly manifest: Digest;
  /** Undefined for a manifest of another tool, which may say nothing of its tag. */
  readonly tag: string | undefined;
}

/**
 * The statement that this key has attached before, if any.
 *
 * @param payload the statement as it would be signed now
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findAttached(
  store: ReadableStore,
  subject: Digest,
  { trusted }: SigningKey,
  { check, type: predicateType, predicate }: Planned,
  payload: Uint8Array,
): Promise<Attached | undefined> {
  // Which members of a custom predicate are times, so that they do not count, is not known: all of it has to be equal.
  const found = await (check === "custom"
    ? findExactly(store, subject, trusted, digestOf(payload))
    : findStatement(store, subject, trusted, { predicateType, predicate }));
  if (found === undefined) return undefined;
  const referrer = (await store.referrers(subject)).find(({ digest }) => digest === found.manifest);
  return { ...found, tag: referrer?.annotations?.[annotation.ownTag] };
}

async function findExactly(
  store: ReadableStore,
  subject: Digest,
  signer: SigningKey["trusted"],
  statement: Digest,
): Promise<{ readonly statement: Digest; readonly manifest: Digest } | undefined> {
  for (const { manifest, judgement } of await collectEvidence(store, subject, [signer])) {
    if (judgement.accepted && judgement.digest === statement) return { statement, manifest };
  }
  return undefined;
}
