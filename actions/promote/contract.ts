import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { formatInput, signerInputs, signingKey } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "promote",
  summary: "Promote a release to its next lifecycle state, by policy, as a signed link in the Git ledger.",
  details: [
    "Reads `release-policy.yaml`, checks every gate of the transition against signed evidence, and checks that the key may authorise it. Only then a link is signed and appended to the ledger by compare-and-set: of two promotions at once exactly one wins, the other gets `STATE_MOVED`.",
    "The link names the evidence that each gate was decided on, the waivers that were used, the policy's digest and the link before it. Beside the ledger the release's evidence pack is kept, so that audits and rollbacks work without the store. The link is copied to the store, with a SLSA verification summary and a hint tag.",
    "`plan` explains what is missing and who may authorise it, and changes nothing. A promotion that was cut off is completed by running it again.",
    "`resolve` joins a chain that diverged: it signs a link with two parents, after somebody looked at both.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to promote, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    to: input.choice(["staging", "production", "retired", "archived", "revoked"], {
      description: "The state to promote it to.",
      required: true,
    }),
    policy: input.path({
      description: "The release policy.",
      default: "release-policy.yaml",
      example: "release-policy.yaml",
    }),
    ...signerInputs,
    key: signingKey("lead"),
    ...formatInput,
    plan: input.boolean({ description: "Only explain what is missing and who may authorise it.", default: false }),
    reason: input.string({
      description: "Why; needed for a revocation.",
      example: "Passed shadow traffic for a week.",
    }),
    advisory: input.string({ description: "Advisory that a revocation refers to." }),
    replacement: input.subject({ description: "Release in production that replaces a retired one, with its digest." }),
    sunset: input.string({
      description: "Day on which a retired release may be archived.",
      example: "2027-03-31",
    }),
    migration: input.string({ description: "How consumers of a retired release move on." }),
    resolve: input.boolean({
      description: "Join a promotion chain that diverged, with a link that has two parents.",
      default: false,
    }),
    "git-token": input.secretFile({ description: "Token for the ledger's repository over HTTPS." }),
    ...registryInputs,
  },
  outputs: {
    state: output.string({ description: "State of the release now." }),
    promoted: output.boolean({ description: "True when a link was added; false when it was there, or only planned." }),
    link: output.string({ description: "Digest of the link's statement." }),
    sequence: output.number({ description: "Position of the link in the release's chain." }),
    commit: output.string({ description: "Commit of the ledger that holds the link." }),
    missing: output.number({ description: "Gates that are not met." }),
    subject: output.digest({ description: "The digest that was promoted; use this from here on." }),
  },
});
