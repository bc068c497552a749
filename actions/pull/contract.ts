import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { trustInputs } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "pull",
  summary: "Pull a release by digest into a directory, verified while it is written.",
  details: [
    "Every byte is hashed while it is written into a directory beside the target; only when all files are there and right does that directory become the target, in one rename. A killed or failed pull leaves no target, and the next one removes what is left of it.",
    "With `key` or a trusted root, the signature is verified first and the files of exactly that digest are pulled. A target that holds the same files already is success; one that holds anything else is never touched.",
    "With `oms`, the OpenSSF model signature (OMS) of the files is written beside them as `model.sig`, for `model_signing verify` and whatever else checks files where they are used. It must be over exactly these files, and with `key` or a trusted root be by somebody who is trusted; without one attached, nothing is pulled.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to pull, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    target: input.path({
      description: "Directory that the files go to. It must not exist yet, be empty, or hold this release already.",
      required: true,
      example: "out/models/seg",
    }),
    oms: input.boolean({
      description: "Write the OMS signature of the files beside them, as `model.sig`.",
      default: false,
    }),
    ...trustInputs,
    ...registryInputs,
  },
  outputs: {
    target: output.string({ description: "The directory that holds the release." }),
    files: output.number({ description: "Number of files." }),
    size: output.number({ description: "Bytes of all files." }),
    subject: output.digest({ description: "The digest that was pulled." }),
  },
  resources: { cpu: "1", memory: "256Mi" },
  cleanup: true,
});
