import { defineErrors } from "../errors/index.ts";

export const signingError = defineErrors("Keys, signatures and verification", {
  KEY_MALFORMED: {
    family: "configuration",
    meaning: "A key file is not a PEM key of the kind that is needed.",
    remedy: "Give a private key in PEM for signing and a public key in PEM for verifying.",
  },
  KEY_TYPE_UNSUPPORTED: {
    family: "configuration",
    meaning: "The key is not an ECDSA key on the curve P-256, the only kind that every verifier accepts.",
    remedy: "Make one: `openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -out key.pem`.",
  },
  KEY_PASSWORD_MISSING: {
    family: "configuration",
    meaning: "The private key is encrypted and no password was given.",
    remedy: "Give `password` the path of a file that holds the key's password; of an empty one, a line break.",
  },
  KEY_PASSWORD_WRONG: {
    family: "configuration",
    meaning: "The password does not open the private key.",
    remedy: "Check which password belongs to this key; the password file may end with one line break.",
  },
  CERTIFICATE_UNUSABLE: {
    family: "refused",
    meaning: "A certificate authority issued a certificate that signatures cannot be attributed by.",
    remedy: "Check which authority `fulcio-url` names, and what identity token it was shown.",
  },
  SIGNED_UNVERIFIABLE: {
    family: "refused",
    meaning: "What was just signed does not verify with the trusted root that was given; it was not attached.",
    remedy: "Check that `trusted-root` is that of the very services that were asked.",
  },
  WITNESS_MISSING: {
    family: "configuration",
    meaning: "Signing without a key takes somebody who vouches for the time, and nobody was named.",
    remedy: "Give `timestamp-url`; with a log of version 1, `rekor-url` and `rekor-version` will do.",
  },
  IDENTITY_TOKEN_MISSING: {
    family: "configuration",
    meaning: "Signing without a key takes an identity token, and there is none.",
    remedy:
      "On GitHub give the job `permissions: id-token: write`; elsewhere give `identity-token`, the file of a token for the audience `sigstore`.",
  },
  SERVICE_UNNAMED: {
    family: "configuration",
    meaning: "The address of a signing service is not a URL.",
    remedy: "Give it as `https://<host>[:<port>][/<path>]`.",
  },
  SIGNER_MISSING: {
    family: "configuration",
    meaning: "A step that signs was given nothing to sign with.",
    remedy:
      "Give `key`, the path of a private key (on Tekton the Secret `key-secret`, which has to exist), or `fulcio-url` to sign without one.",
  },
  SIGNER_AMBIGUOUS: {
    family: "configuration",
    meaning: "A step that signs was given more than one thing to sign with.",
    remedy:
      "Give one of `key`, `fulcio-url` and `signer-command`; on Tekton `key-secret` has to name no Secret that exists where another one is meant.",
  },
  SIGNER_INCOMPLETE: {
    family: "configuration",
    meaning: "`signer-command` and `signer-public-key` belong together, and one of them was not given.",
    remedy: "Give both: the command that signs, and the public key (PEM) of the key that it signs with.",
  },
  SIGNER_COMMAND_MISSING: {
    family: "configuration",
    meaning: "The command that is to sign is not there, or may not be run.",
    remedy: "Install it where the step runs; `signer-command` has the program and each argument on a line of its own.",
  },
  SIGNER_COMMAND_FAILED: {
    family: "configuration",
    meaning: "The command that is to sign ended with an exit status or a signal.",
    remedy: "Run it by hand; besides PATH and HOME it sees only the variables that `signer-env` names.",
  },
  SIGNER_COMMAND_WRONG: {
    family: "configuration",
    meaning:
      "What the command printed is not an ECDSA P-256 signature over SHA-256 that `signer-public-key` verifies; nothing was signed.",
    remedy: "Check which key and which hash it signs with, and whether it wants the bytes or their digest.",
  },
  SIGNER_COMMAND_SLOW: {
    family: "temporary",
    meaning: "The command that is to sign did not end in time, and was killed.",
    remedy: "Run again; if it waits for somebody to confirm or to give a PIN, let it do without.",
  },
  TRUST_INCOMPLETE: {
    family: "configuration",
    meaning: "Trust in certificates takes the authorities, the issuer and whom they may name; not all were given.",
    remedy: "Give `trusted-root`, `certificate-identity` and `certificate-issuer` together.",
  },
  TRUSTED_ROOT_INVALID: {
    family: "configuration",
    meaning: "A trusted root is not one, or has a certificate or key that cannot be read.",
    remedy: "Write it with `cosign trusted-root create`, or take it from the authority that you trust.",
  },
  SIGNATURE_MISSING: {
    family: "refused",
    meaning: "The subject has no signature at all.",
    remedy: "Sign it with `slipway sign`, or check that the store you read is the one that was signed.",
  },
  SIGNATURE_REJECTED: {
    family: "refused",
    meaning: "The subject has signatures, and none of them is acceptable; each has its reason.",
    remedy: "Check that the trusted key is the one that signs releases; do not use the subject otherwise.",
  },
  OMS_NAME_TAKEN: {
    family: "configuration",
    meaning: "The model has a file where its OpenSSF model signature would lie; no signature can name that file.",
    remedy: "Sign with `oms: false` and pull without `oms`, or package the model without its `model.sig`.",
  },
  OMS_MISSING: {
    family: "refused",
    meaning: "The release has no OpenSSF model signature; nothing was pulled.",
    remedy: "Sign it with `slipway sign`, which attaches one, or pull without `oms`.",
  },
  OMS_REJECTED: {
    family: "refused",
    meaning: "The release has OpenSSF model signatures, and none of them is acceptable; nothing was pulled.",
    remedy: "Check that the trusted key is the one that signs releases, or sign the release with `slipway sign`.",
  },
  EVIDENCE_REPLACED: {
    family: "temporary",
    meaning: "Other processes kept replacing the `.sig` or `.att` tag of a subject while this one added to it.",
    remedy: "Run again when the others are done; what was attached is found and used again.",
  },
  EVIDENCE_FLOOD: {
    family: "refused",
    meaning: "The subject has more referrers than are examined.",
    remedy: "Find out who attached them; remove what does not belong to the release.",
  },
});
