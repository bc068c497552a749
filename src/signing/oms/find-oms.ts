import { type Digest, shortDigest } from "../../oci/index.ts";
import { candidatesOf, type EvidenceStore } from "../candidates.ts";
import { signingError } from "../errors.ts";
import type { Unbelieved } from "../signed-content.ts";
import type { Signatory, SignerTrust } from "../trust/signer-trust.ts";
import { judgeOms } from "./judge-oms.ts";
import type { ModelFile } from "./statement.ts";

/** A model signature that is attached to a release, and is over its files. */
export interface FoundOms {
  /** Digest of the manifest that attaches it. */
  readonly holder: Digest;
  readonly tag: string | undefined;
  /** Undefined when nobody was asked who signed. */
  readonly signatory: Signatory | undefined;
}

/** The model signatures that are attached to a release. */
export interface OmsVerdict {
  readonly accepted: readonly FoundOms[];
  readonly refused: readonly ({ readonly holder: Digest } & Unbelieved)[];
}

/**
 * Looks for the model signatures of a release.
 * @param trust who may sign; undefined to accept whatever is over exactly the release's files
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws
 */
export async function findOms(
  store: EvidenceStore,
  subject: Digest,
  files: readonly ModelFile[],
  trust: SignerTrust | undefined,
): Promise<OmsVerdict> {
  const accepted: FoundOms[] = [];
  const refused: ({ holder: Digest } & Unbelieved)[] = [];
  for await (const { holder, storage, tag, content } of candidatesOf(store, subject)) {
    const judgement = storage === "bundle" ? judgeOms(content, files, trust) : undefined;
    if (judgement === undefined) continue;
    if (judgement.accepted) accepted.push({ holder, tag, signatory: judgement.signatory });
    else refused.push({ holder, code: judgement.code, why: judgement.why });
  }
  return { accepted, refused };
}

/**
 * The first acceptable model signature of a release.
 * @param label what to call the release in messages
 * @throws SlipwayError OMS_MISSING, OMS_REJECTED
 */
export function requireOms({ accepted, refused }: OmsVerdict, label: string): FoundOms {
  const [found] = accepted;
  if (found !== undefined) return found;
  if (refused.length === 0) throw signingError("OMS_MISSING", `${label} has no OMS signature of its files`);
  throw signingError("OMS_REJECTED", `${label} has no acceptable OMS signature of its files`, {
    details: refused.map(({ holder, code, why }) => `refused ${shortDigest(holder)}: ${code} ${why}`),
  });
}
