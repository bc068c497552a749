import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { trustInputs } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "pull",
  summary: "Pull a release by digest into a directory, verified while it is written.",
  details: [
    "Every byte is hashed while it is written into a directory beside the target; only when all files are there and right does that directory become the target, in one rename. A killed or failed pull leaves no target, and the next one removes what is left of it.",
    "With `key` or a trusted root, the signature is verified first and the files of exactly that digest are pulled. A target that holds the same files already is success; one that holds anything else is never touched.",
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
