import { readPredicate } from "../evidence/index.ts";
import type { Evidence, LedgerEntry, Link } from "../lifecycle/index.ts";
import type { Digest } from "../oci/index.ts";
import { judgeBundle } from "../signing/index.ts";
import { dossierError } from "./errors.ts";
import type { Trust } from "./trust.ts";

/** The link that a piece of evidence is, if it is one. */
export function linkOf(
  { statement, predicateType, predicate, signer, proven }: Evidence,
  subject: Digest,
): Link | undefined {
  const promotion = readPredicate("promotion", { predicateType, predicate });
  return promotion === undefined ? undefined : { statement, subject, promotion, signer, ...(proven && { proven }) };
}

/**
 * A link out of the ledger.
 * @throws SlipwayError LEDGER_ENTRY_REFUSED for anything but a link that a key of the policy has signed
 */
export function readLedgerEntry({ bundle, path }: LedgerEntry, trust: Trust): Link {
  const judgement = judgeBundle(bundle, undefined, trust.signers);
  if (!judgement.accepted) throw dossierError("LEDGER_ENTRY_REFUSED", `${path}: ${judgement.why}`);
  const { statement, digest, signatory, time } = judgement;
  const signer = trust.signerOf(signatory);
  const promotion = readPredicate("promotion", statement);
  const [about, ...others] = statement.subject;
  const hex = about?.digest["sha256"];
  if (signer === undefined || promotion === undefined || hex === undefined || others.length > 0) {
    throw dossierError("LEDGER_ENTRY_REFUSED", `${path} states ${statement.predicateType} and is not a promotion`);
  }
  return { statement: digest, subject: `sha256:${hex}`, promotion, signer, ...(time && { proven: time }) };
}
