import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "inspect",
  summary: "Show what a reference holds: releases, their files, and what is attached to them.",
  details:
    "With only a directory, lists every tag. With a tag or a digest, shows the release's files and what is attached to it. Nothing is verified: what is shown is what the store says.",
  hosts: ["cli"],
  positional: "reference",
  inputs: {
    reference: input.subject({
      description: "A layout directory, or a manifest in it by tag or digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson",
    }),
    ...registryInputs,
  },
  outputs: {
    subject: output.digest({
      description: "Digest of the manifest that the reference names; empty for a whole store.",
    }),
    reference: output.string({ description: "The same reference with its digest." }),
  },
});
