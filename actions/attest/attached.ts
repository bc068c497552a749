import { isDeepStrictEqual } from "node:util";
import { predicateType, readPredicate } from "../../src/evidence/index.ts";
import { annotation, type Digest, digestOf, type ReadableStore } from "../../src/oci/index.ts";
import { collectEvidence, findStatement, type JudgedEvidence, type SigningKey } from "../../src/signing/index.ts";
import type { Planned } from "./planned.ts";

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
  planned: Planned,
  payload: Uint8Array,
): Promise<Attached | undefined> {
  const same = sameAs(planned, payload);
  const found = await (same === undefined
    ? findStatement(store, subject, trusted, { predicateType: planned.type, predicate: planned.predicate })
    : findAccepted(store, subject, trusted, same));
  if (found === undefined) return undefined;
  const referrer = (await store.referrers(subject)).find(({ digest }) => digest === found.manifest);
  return { ...found, tag: referrer?.annotations?.[annotation.ownTag] };
}

type Accepted = Extract<JudgedEvidence["judgement"], { readonly accepted: true }>;

/** What makes a statement the same as the one that is planned; undefined when it is all but the times at its top. */
function sameAs({ exact, type, predicate }: Planned, payload: Uint8Array): ((other: Accepted) => boolean) | undefined {
  // Which members of another tool's predicate are times, so that they do not count, is not known.
  if (exact) return ({ digest }) => digest === digestOf(payload);
  if (type !== predicateType.provenance) return undefined;
  const own = undated({ predicateType: type, predicate });
  return ({ statement }) => own !== undefined && isDeepStrictEqual(undated(statement), own);
}

/** Provenance without the time at which it was stated; undefined for any other statement. */
function undated(statement: { readonly predicateType: string; readonly predicate: unknown }) {
  const provenance = readPredicate("provenance", statement);
  if (provenance === undefined) return undefined;
  const { runDetails } = provenance;
  return { ...provenance, runDetails: { ...runDetails, metadata: { ...runDetails.metadata, finishedOn: undefined } } };
}

async function findAccepted(
  store: ReadableStore,
  subject: Digest,
  signer: SigningKey["trusted"],
  same: (statement: Accepted) => boolean,
): Promise<{ readonly statement: Digest; readonly manifest: Digest } | undefined> {
  for (const { manifest, judgement } of await collectEvidence(store, subject, [signer])) {
    if (judgement.accepted && same(judgement)) return { statement: judgement.digest, manifest };
  }
  return undefined;
}
