import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { formatInput, signerInputs } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "sign",
  summary: "Sign a release by digest so that cosign and Slipway can verify it.",
  details: [
    "Signs the statement that `cosign sign` makes, as a sigstore bundle v0.3 attached to the subject, and in the `.sig` tag of older cosign, which Kyverno and policy-controller read for keys. `cosign verify --key` accepts both. Nothing is sent to a transparency log or any other server that was not named.",
    "With `oms`, it also signs the files themselves, as OpenSSF model signing (OMS) does, by the digests that the release has of them: nothing is read again. That signature holds wherever the files lie; `slipway pull --oms` writes it beside them as `model.sig`, and `model_signing verify` accepts it there. It never counts as the signature of the release. OMS knows no other form than a bundle, and cosign 3 reads no `.sig` tag where it finds a bundle; so `format: legacy` goes without it. What OMS tools ignore by default (`.git`, `.gitattributes`, `.github` and `.gitignore` at the top) is left out of it.",
    "Only a digest can be signed: a tag may have moved since somebody looked at it. Signing again with the same key finds the signature that is there, and adds it to the storage that lacks it.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to sign, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    ...signerInputs,
    ...formatInput,
    oms: input.boolean({
      description: "Also sign the files of the release, as OpenSSF model signing does; not with `format: legacy`.",
      default: true,
    }),
    ...registryInputs,
  },
  outputs: {
    bundle: output.digest({ description: "Digest of the manifest that attaches the signature to the subject." }),
    tag: output.string({ description: "Evidence tag of the signature." }),
    oms: output.digest({
      description: "Digest of the manifest that attaches the OMS signature of the files; empty when there is none.",
    }),
    signer: output.string({
      description:
        "Fingerprint of the signing key: SHA-256 of its SPKI, hexadecimal; or of issuer and subject of a certificate.",
    }),
  },
});
