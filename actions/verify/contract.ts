import { defineStep, input, output } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "verify",
  summary: "Verify that a release is whole and signed by a trusted key.",
  details: [
    "Checks the store's index, the manifest, the config and the presence of every file, then every signature attached to the subject: signed by a trusted key, about this digest, of the type that a signature has. One line for each candidate says whether it was accepted, and why not.",
    "One acceptable signature is enough; no candidate at all and no acceptable candidate are different refusals. Works offline. The content of the files is checked by `pull`, while it is written.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to verify, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    key: input.list({
      description: "Public keys (PEM files) that may sign releases.",
      required: true,
      example: "keys/builder.pub",
    }),
  },
  outputs: {
    verified: output.boolean({
      description: "True when an acceptable signature was found; false when the release was refused.",
    }),
    signer: output.string({ description: "Fingerprint of the key whose signature was accepted." }),
    candidates: output.number({ description: "Number of signatures and other bundles that were examined." }),
    subject: output.digest({ description: "The digest that was verified; use this from here on." }),
  },
});
