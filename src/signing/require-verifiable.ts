import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { signingError } from "./errors.ts";
import type { SignedContent, Unbelieved } from "./signed-content.ts";
import type { StatementSigner } from "./signer.ts";
import { proveSignatory } from "./trust/prove-signatory.ts";

/**
 * With a trusted root at hand, what nobody could verify afterwards is not attached.
 * @throws SlipwayError SIGNED_UNVERIFIABLE
 */
export function requireVerifiable(
  content: SignedContent | Unbelieved,
  { recognises }: Pick<StatementSigner, "recognises">,
): void {
  if (recognises.root === undefined) return;
  const proof = "code" in content ? content : proveSignatory(content, recognises);
  if ("code" in proof) throw unverifiable(proof.why);
  // A key's signature holds without a witness; one that was asked has to be one that others trust.
  if (!("code" in content) && proof.signatory.kind === "key" && !isWitnessed(content, recognises)) {
    throw unverifiable("its timestamp or log entry is not of a trusted authority");
  }
}

function isWitnessed({ bundle, payload }: SignedContent, { keys, root }: StatementSigner["recognises"]): boolean {
  const [signer] = keys;
  if (signer === undefined || root === undefined) return false;
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const stamped = (timestampVerificationData?.rfc3161Timestamps ?? []).length > 0;
  // Without a log in the trusted root, entries of one prove nothing, and are not asked to.
  const logged = root.tlogs.length > 0 && tlogEntries.length > 0;
  const material = { ...bundle.verificationMaterial, tlogEntries: logged ? tlogEntries : [] };
  try {
    const verifier = new Verifier(
      toTrustMaterial(root, () => ({ publicKey: signer.key, validFor: () => true })),
      { tlogThreshold: logged ? 1 : 0, ctlogThreshold: 0, timestampThreshold: stamped ? 1 : 0 },
    );
    verifier.verify(toSignedEntity({ ...bundle, verificationMaterial: material }, Buffer.from(payload)));
    return true;
  } catch {
    return false;
  }
}

function unverifiable(why: string) {
  return signingError("SIGNED_UNVERIFIABLE", `what was signed does not verify: ${why}`);
}
