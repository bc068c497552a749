import { type Digest, digestOf, type ReadableStore } from "../../src/oci/index.ts";
import { findStatement, type StatementSigner } from "../../src/signing/index.ts";
import type { Planned } from "./planned.ts";

/**
 * The statement that this signer has attached before, if any.
 *
 * @param payload the statement as it would be signed now
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findAttached(
  store: ReadableStore,
  subject: Digest,
  signer: StatementSigner,
  { exact, type: predicateType, predicate }: Planned,
  payload: Uint8Array,
) {
  // Which members of another tool's predicate are times, so that they do not count, is not known.
  const wanted = exact ? { statement: digestOf(payload) } : { predicateType, predicate };
  return findStatement(store, subject, signer, wanted);
}
