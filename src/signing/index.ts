// Keys, DSSE, sigstore bundles and cosign's older storage: signing, attaching, and judging what is attached to a subject.
// `trust/` says whose signatures are believed, `legacy/` knows the `.sig` and `.att` tags. What a statement says is in
// `src/evidence`; where it lies is in `src/oci`. May import `src/contract`, `src/errors`, `src/process`, `src/content`,
// `src/documents`, `src/evidence`, `src/oci`.

export { attachSignature, attachStatement, completeStatement, type EvidenceFormat } from "./attach.ts";
export { signStatement } from "./bundle.ts";
export { bundleAnnotation, isBundleType } from "./bundle-types.ts";
export { collectEvidence } from "./collect-evidence.ts";
export { fetchBundle } from "./fetch-bundle.ts";
export { findSignature } from "./find-signature.ts";
export { findStatement } from "./find-statement.ts";
export { judgeBundle } from "./judge.ts";
export { readSigningKey, readTrustedKey, type TrustedKey } from "./key.ts";
export { keySigner } from "./key-signer.ts";
export { legacyKindOf } from "./legacy/format.ts";
export {
  attachOms,
  findOms,
  isOmsOf,
  omsFile,
  omsPredicateType,
  requireOms,
  requireSignable,
} from "./oms/index.ts";
export { canSign, openKeySigner, openSigner } from "./open-signer.ts";
export { failed, type Heard, hear } from "./probe/heard.ts";
export { dayOf, standing } from "./probe/period.ts";
export { probeSigning, type SigningFindings } from "./probe/probe-signing.ts";
export type { PlacedRoot } from "./probe/trusted-root.ts";
export { readTrustedKeys } from "./read-trusted-keys.ts";
export type { StatementSigner } from "./signer.ts";
export { formatInput, signerInputs, signingKey } from "./signer-inputs.ts";
export { isMeant } from "./trust/identity-pattern.ts";
export { type Signatory, type SignerTrust, showSignatory, trustKeys } from "./trust/signer-trust.ts";
export { readTrustedRoot } from "./trust/trusted-root.ts";
export { openTrust, trustInputs } from "./trust-inputs.ts";
export { type JudgedCandidate, refusalOf, type SignatureVerdict, verifySignature } from "./verify-signature.ts";
