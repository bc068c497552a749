// Keys, DSSE, sigstore bundles, attaching them, and judging what is attached to a subject. What a statement says is
// in `src/evidence`; where it lies is in `src/oci`. May import `src/contract`, `src/errors`, `src/evidence`, `src/oci`.

export { attachBundle, findOwnSignature } from "./attach.ts";
export { signStatement } from "./bundle.ts";
export { bundleAnnotation, isBundleType } from "./bundle-types.ts";
export { collectEvidence, type JudgedEvidence } from "./collect-evidence.ts";
export { fetchBundle } from "./fetch-bundle.ts";
export { findStatement } from "./find-statement.ts";
export { judgeBundle } from "./judge.ts";
export { readSigningKey, readTrustedKey, type SigningKey, type TrustedKey } from "./key.ts";
export { openSigningKey } from "./open-signing-key.ts";
export { readTrustedKeys } from "./read-trusted-keys.ts";
export { refusalOf, type SignatureVerdict, verifySignature } from "./verify-signature.ts";
