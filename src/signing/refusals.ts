import { defineErrors } from "../errors/index.ts";

/**
 * Why a piece of evidence is not believed: each check of `judge.ts` has its own code. Nothing throws these; they stand in
 * tables, reports and details, and `docs/reference/errors.md` explains them.
 * @public
 */
export const evidenceRefusal = defineErrors("Evidence that is not accepted", {
  EVIDENCE_GONE: {
    family: "refused",
    meaning: "Evidence is attached, and its content is not there any more.",
    remedy: "Copy the release again from a store that still has it, with `oras cp -r`.",
  },
  EVIDENCE_UNREADABLE: {
    family: "refused",
    meaning: "What is attached cannot be read as it was stored: it was altered or cut.",
    remedy: "Remove it from the store, and copy the release's evidence again from where it is whole.",
  },
  EVIDENCE_TOO_LARGE: {
    family: "refused",
    meaning: "What is attached says that it is larger than any statement, and was not read.",
    remedy: "Attach large documents by their digest, in a statement of some kilobytes; remove this one.",
  },
  BUNDLE_MALFORMED: {
    family: "refused",
    meaning:
      "It is not a well-formed sigstore bundle of version 0.3, or one that different readers understand differently.",
    remedy: "Sign again with Slipway or cosign 3; older bundles are not read.",
  },
  LEGACY_MALFORMED: {
    family: "refused",
    meaning: "A layer of a `.sig` or `.att` tag is not what cosign writes there.",
    remedy: "Sign again; if something else uses this tag, move it elsewhere.",
  },
  CONTENT_NOT_STATED: {
    family: "refused",
    meaning: "A bundle signs a digest, and states nothing.",
    remedy: "Sign the release with `slipway sign` or `cosign sign`, not a file of it with `cosign sign-blob`.",
  },
  SIGNATURE_COUNT: {
    family: "refused",
    meaning: "An envelope has no signature, or several; verifiers disagree about how many must hold.",
    remedy: "Attach one bundle for each signer.",
  },
  KEY_ID_PRESENT: {
    family: "refused",
    meaning: "A signature in an envelope has a key id; other verifiers skip such signatures.",
    remedy: "Sign with an empty `keyid`, as Slipway and cosign do.",
  },
  PAYLOAD_TYPE: {
    family: "refused",
    meaning: "An envelope's payload is declared to be something else than an in-toto statement.",
    remedy: "Sign a statement with the payload type `application/vnd.in-toto+json`.",
  },
  KEY_UNTRUSTED: {
    family: "refused",
    meaning: "It was signed by a key that is not trusted here.",
    remedy: "If the key should be trusted, name it with `key` or in the release policy.",
  },
  PAYLOAD_ALTERED: {
    family: "refused",
    meaning: "It names a trusted key or a certificate, and the signature does not fit what was signed.",
    remedy: "Find out who altered it; sign again from the source.",
  },
  CERTIFICATES_UNTRUSTED: {
    family: "refused",
    meaning: "It was signed with a certificate, and no authority is trusted here.",
    remedy: "Give the authorities' `trusted-root`, or `trustedRoot` in the release policy, and who may sign.",
  },
  CERTIFICATE_MALFORMED: {
    family: "refused",
    meaning: "The signing certificate cannot be read.",
    remedy: "Sign again.",
  },
  CERTIFICATE_KEY: {
    family: "refused",
    meaning: "The signing certificate is for another key than ECDSA on P-256, which not every verifier can check.",
    remedy: "Sign with a P-256 key.",
  },
  CERTIFICATE_PURPOSE: {
    family: "refused",
    meaning: "The signing certificate is not one for signing code, but for a server or for mail.",
    remedy: "Sign with a certificate whose extended key usage is code signing, as Fulcio issues them.",
  },
  CERTIFICATE_FOREIGN: {
    family: "refused",
    meaning: "The signing certificate was not issued by an authority of the trusted root.",
    remedy: "Check that the trusted root is that of the authority which issued it.",
  },
  CERTIFICATE_EXPIRED: {
    family: "refused",
    meaning: "The signature is proven to be from after the end of the signing certificate.",
    remedy: "Sign again; a certificate is good for some minutes only.",
  },
  CERTIFICATE_NOT_YET_VALID: {
    family: "refused",
    meaning: "The signature is proven to be from before the beginning of the signing certificate.",
    remedy: "Check the clocks of the timestamp authority and of the certificate authority.",
  },
  TIME_UNPROVEN: {
    family: "refused",
    meaning: "Nothing proves when it was signed, and that has to be known: certificates are short-lived.",
    remedy: "Sign with a timestamp authority (`timestamp-url`), or a log that gives times.",
  },
  TIMESTAMP_INVALID: {
    family: "refused",
    meaning: "A timestamp is not about this signature, or not from a timestamp authority of the trusted root.",
    remedy: "Check that the trusted root names the timestamp authority that was used.",
  },
  LOG_PROOF_MISSING: {
    family: "refused",
    meaning: "The trusted root names a transparency log, and nothing proves that the signature was recorded in it.",
    remedy: "Sign with `rekor-url`, or leave the log out of the trusted root if none is used.",
  },
  LOG_PROOF_INVALID: {
    family: "refused",
    meaning: "The proof that the signature was recorded in a log does not hold.",
    remedy: "Check that the trusted root names the log that was used.",
  },
  CERTIFICATE_UNLOGGED: {
    family: "refused",
    meaning: "The trusted root names a certificate log, and the certificate has no proof of one of them.",
    remedy: "Leave the certificate log out of the trusted root if the authority does not use it.",
  },
  IDENTITY_UNTRUSTED: {
    family: "refused",
    meaning: "The certificate names somebody who is not trusted here.",
    remedy: "Compare issuer and subject with those that are trusted; they are compared as a whole, from end to end.",
  },
  STATEMENT_MALFORMED: {
    family: "refused",
    meaning: "What was signed is not an in-toto statement, or one that different readers understand differently.",
    remedy: "Sign a statement of version 1 (or 0.1, as cosign attests).",
  },
  SUBJECT_MISMATCH: {
    family: "refused",
    meaning: "The statement is about another digest.",
    remedy: "Evidence cannot be moved from one release to another; sign this one.",
  },
  OMS_SIGNATURE: {
    family: "refused",
    meaning: "It is an OpenSSF model signature: of a model's files wherever they lie, and not of the release.",
    remedy: "Nothing is wrong with it; sign the release itself with `slipway sign`.",
  },
  FILES_MISMATCH: {
    family: "refused",
    meaning: "An OpenSSF model signature is over other files than those of the release.",
    remedy: "Pull the release, and sign exactly its files; or sign it with `slipway sign`.",
  },
  PREDICATE_MALFORMED: {
    family: "refused",
    meaning: "The predicate is not what its type demands.",
    remedy: "Write it as the type's schema in `schemas/` says, and sign it again.",
  },
  NOT_A_SIGNATURE: {
    family: "refused",
    meaning: "It is evidence about the release, and not a signature of it.",
    remedy: "Sign the release with `slipway sign`.",
  },
  ROLE_MISSING: {
    family: "refused",
    meaning: "It was signed by somebody who is trusted, and not for this.",
    remedy: "Let somebody in the role sign it, or give the signer the role in the release policy.",
  },
});

/** The codes of refused evidence. */
export type RefusalCode = Parameters<typeof evidenceRefusal>[0];
