import { isDeepStrictEqual } from "node:util";
import type { Digest } from "../oci/index.ts";
import type { EvidenceStore } from "./candidates.ts";
import { collectEvidence, type JudgedEvidence } from "./collect-evidence.ts";
import type { EvidenceStorage } from "./signed-content.ts";
import type { StatementSigner } from "./signer.ts";

/** A statement that is attached already. */
export interface AttachedStatement {
  readonly statement: Digest;
  /** Digest of what holds it. */
  readonly holder: Digest;
  readonly tag: string | undefined;
  /** How it was found; a bundle where there is one. */
  readonly storage: EvidenceStorage;
}

/** Which statement is looked for. */
export type Wanted =
  /** Of this type, and different in nothing but times (members that end in `On`, wherever they are). */
  | { readonly predicateType: string; readonly predicate: Readonly<Record<string, unknown>> }
  /** This very one. */
  | { readonly statement: Digest };

/**
 * The statement that an earlier attempt of the same signer attached. The run that made it is part of a predicate, so
 * another run's is another statement.
 *
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findStatement(
  store: EvidenceStore,
  subject: Digest,
  { recognises }: Pick<StatementSigner, "recognises">,
  wanted: Wanted,
): Promise<AttachedStatement | undefined> {
  const found = (await collectEvidence(store, subject, recognises)).flatMap(
    ({ judgement, ...evidence }: JudgedEvidence) =>
      judgement.accepted && isWanted(judgement, wanted) ? [{ ...evidence, statement: judgement.digest }] : [],
  );
  // What names a bundle names the whole statement; a layer's digest is that of its envelope.
  const [best] = [...found.filter(({ storage }) => storage === "bundle"), ...found];
  return best && { statement: best.statement, holder: best.holder, tag: best.tag, storage: best.storage };
}

function isWanted(
  judgement: {
    readonly digest: Digest;
    readonly statement: { predicateType: string; predicate: Record<string, unknown> };
  },
  wanted: Wanted,
): boolean {
  if ("statement" in wanted) return judgement.digest === wanted.statement;
  const { predicateType, predicate } = judgement.statement;
  return predicateType === wanted.predicateType && isDeepStrictEqual(timeless(predicate), timeless(wanted.predicate));
}

/** A predicate as it is read back, without members that are times. */
function timeless(predicate: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(predicate), (name, value) => (/On$/.test(name) ? undefined : value));
}
