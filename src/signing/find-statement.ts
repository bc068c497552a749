import { isDeepStrictEqual } from "node:util";
import type { Digest, ReadableStore } from "../oci/index.ts";
import { collectEvidence } from "./collect-evidence.ts";
import type { TrustedKey } from "./key.ts";

/** A statement that is attached already. */
export interface AttachedStatement {
  readonly statement: Digest;
  /** Digest of the manifest that attaches it. */
  readonly manifest: Digest;
}

/**
 * The statement that an earlier attempt attached with the same key: of the same type, and different in nothing but the
 * times at which it was made (members that end in `On`). The run that made it is part of a predicate, so another run's
 * is another statement.
 *
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findStatement(
  store: Pick<ReadableStore, "fetch" | "referrers">,
  subject: Digest,
  signer: TrustedKey,
  wanted: { readonly predicateType: string; readonly predicate: Readonly<Record<string, unknown>> },
): Promise<AttachedStatement | undefined> {
  for (const { manifest, judgement } of await collectEvidence(store, subject, [signer])) {
    if (!judgement.accepted || judgement.statement.predicateType !== wanted.predicateType) continue;
    if (isDeepStrictEqual(timeless(judgement.statement.predicate), timeless(wanted.predicate))) {
      return { statement: judgement.digest, manifest };
    }
  }
  return undefined;
}

function timeless(predicate: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // As JSON, since that is what was read back: members that are undefined are not there.
  const written: unknown = JSON.parse(JSON.stringify(predicate));
  const members = typeof written === "object" && written !== null ? Object.entries(written) : [];
  return Object.fromEntries(members.filter(([name]) => !/On$/.test(name)));
}
