import { type SignedEntity, toSignedEntity } from "@sigstore/verify";
import type { SignedContent } from "../signed-content.ts";

/**
 * What sigstore's verifier is shown. In cosign's older storage the stamp of an attestation may be over the whole envelope,
 * as `cosign verify-attestation` wants it, or over the signature, as `cosign attest` writes it: both are offered.
 */
export function entitiesOf({ bundle, payload, envelope }: SignedContent): readonly SignedEntity[] {
  const entity = toSignedEntity(bundle, Buffer.from(payload));
  if (envelope === undefined) return [entity];
  const { signature } = entity;
  const stamped: SignedEntity["signature"] = {
    signature: Buffer.from(envelope),
    compareSignature: (other) => signature.compareSignature(other),
    compareSignedDigest: (digest) => signature.compareSignedDigest(digest),
    compareDigest: (digest) => signature.compareDigest(digest),
    verifySignature: (key) => signature.verifySignature(key),
  };
  return [entity, { ...entity, signature: stamped }];
}
