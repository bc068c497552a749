import type { Descriptor, WritableStore } from "../../oci/index.ts";
import { type AttachedEvidence, attachStatement } from "../attach.ts";
import { withTag } from "../find-signature.ts";
import type { StatementSigner } from "../signer.ts";
import { signOms } from "./bundle.ts";
import { findOms } from "./find-oms.ts";
import { encodeOmsStatement, type ModelFile, omsPredicateType } from "./statement.ts";

/**
 * Signs the files of a release and attaches that as a referrer, a bundle: OMS knows no other form. What the signer
 * attached before is found instead, and its tag given back when the store lost it.
 *
 * @param release.tag evidence tag of a new one
 * @throws SlipwayError OMS_NAME_TAKEN, EVIDENCE_FLOOD, IMMUTABLE_CONFLICT; what the store and the signer's services throw
 */
export async function attachOms(
  store: WritableStore,
  {
    files,
    model,
    signer,
    ...place
  }: {
    readonly subject: Descriptor;
    readonly files: readonly ModelFile[];
    /** Name of the model. */
    readonly model: string;
    readonly signer: StatementSigner;
    readonly tag: string;
    readonly created: Date;
  },
): Promise<AttachedEvidence & { readonly isNew: boolean }> {
  const statement = encodeOmsStatement(files, model);
  const { digest: subject } = place.subject;
  for (const { holder, tag } of (await findOms(store, subject, files, signer.recognises)).accepted) {
    if (tag !== undefined) return { ...(await withTag(store, subject, holder, tag)), isNew: false };
  }
  const bundle = await signOms(statement, signer);
  const attached = await attachStatement(store, {
    ...place,
    format: "bundle",
    bundle,
    predicateType: omsPredicateType,
  });
  return { ...attached, isNew: true };
}
