import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { signerInputs, signingKey } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "update-pointer",
  summary: "Point an environment at a release: a verified, byte-exact, compare-and-set commit to a GitOps repository.",
  details: [
    "Which file and which fields a pointer lies in is said by the policy. The release must have reached a state that the environment permits, its chain must be whole, and no hold may forbid it; all of it is checked again on top of whatever others pushed meanwhile.",
    "Only the pointer's scalars change: comments, quotes, anchors, line ends and every other byte stay, and the edit is read back before it is committed. In the same commit lies a signed event. If somebody else moved this pointer meanwhile, nothing is written (`POINTER_MOVED`); other changes of the branch are no obstacle.",
    "A pointer is pinned by version, digest and URI. Running the step again changes nothing.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to deploy, with its tag and digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    environment: input.string({ description: "Environment of the policy.", required: true, example: "production" }),
    policy: input.path({ description: "The release policy.", default: "release-policy.yaml" }),
    ...signerInputs,
    key: signingKey("engineer"),
    reason: input.string({
      description: "Why; it becomes part of the commit.",
      required: true,
      example: "Better recall",
    }),
    expected: input.string({
      description: "Version or digest that the pointer must name now; `none` when it must name nothing.",
      example: "2.4.0",
    }),
    "git-token": input.secretFile({ description: "Token for the repository over HTTPS." }),
    ...registryInputs,
  },
  outputs: {
    changed: output.boolean({ description: "False when the pointer named the release already." }),
    commit: output.string({ description: "The commit; empty when nothing changed." }),
    version: output.string({ description: "Version that the pointer names now." }),
    subject: output.digest({ description: "Digest that the pointer names now." }),
    "previous-version": output.string({ description: "Version that it named before; empty for none." }),
    "previous-subject": output.string({ description: "Digest that it named before; empty for none." }),
    attempts: output.number({ description: "How often the change was made on top of what others had pushed." }),
  },
});
