import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "sign",
  summary: "Sign a release by digest so that cosign and Slipway can verify it.",
  details: [
    "Signs the statement that `cosign sign` makes, as a sigstore bundle v0.3 attached to the subject. `cosign verify --key` accepts it. Nothing is sent to a transparency log or any other server.",
    "Only a digest can be signed: a tag may have moved since somebody looked at it. Signing again with the same key finds the signature that is there.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to sign, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    key: input.secretFile({
      description: "Private key: ECDSA P-256 in PEM (PKCS#8, SEC 1, or as cosign encrypts it).",
      required: true,
      example: "keys/builder.pem",
    }),
    password: input.secretFile({
      description: "Password of the private key, when it is encrypted.",
      example: "keys/builder.password",
    }),
    ...registryInputs,
  },
  outputs: {
    bundle: output.digest({ description: "Digest of the manifest that attaches the signature to the subject." }),
    tag: output.string({ description: "Evidence tag of the signature." }),
    signer: output.string({ description: "Fingerprint of the signing key: SHA-256 of its SPKI, hexadecimal." }),
  },
});
