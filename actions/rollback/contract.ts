import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { signerInputs, signingKey } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "rollback",
  summary:
    "Go back to the last good release: chosen by history and evidence, verified, committed forward, with a hold.",
  details: [
    "Candidates come from the pointer's history in Git, newest first. Each is accepted or skipped with its reason: it runs now, was left by a rollback before, is held, revoked or retired, or lacks the evidence. The release's store is asked, and when it is out of reach the evidence pack in Git answers.",
    "The pointer is set by a forward commit, never by a revert, together with a signed event and a hold on the release that was left. Nobody can deploy a held release in this environment until the hold's file is removed.",
    "A second rollback inside the policy's window needs a named target (`to`), so that two releases are not swapped in circles. `dry-run` shows the candidates, writes nothing and needs no key.",
  ].join("\n\n"),
  positional: "model",
  inputs: {
    model: input.string({ description: "Name of the model.", required: true, example: "retina/seg" }),
    environment: input.string({ description: "Environment of the policy.", required: true, example: "production" }),
    variant: input.string({
      description: "Variant; may be left out when the environment has one pointer for the model.",
    }),
    policy: input.path({ description: "The release policy.", default: "release-policy.yaml" }),
    ...signerInputs,
    key: signingKey("engineer"),
    reason: input.string({
      description: "Why; it becomes part of the commit and the hold.",
      required: true,
      example: "Latency",
    }),
    to: input.string({ description: "Version to go back to; the default is the last good one.", example: "2.4.0" }),
    hold: input.boolean({ description: "Hold the release that is left.", default: true }),
    "dry-run": input.boolean({ description: "Only show the candidates.", default: false }),
    "git-token": input.secretFile({ description: "Token for the repository over HTTPS." }),
    ...registryInputs,
  },
  outputs: {
    changed: output.boolean({ description: "False for a dry run, and when the rollback was done already." }),
    commit: output.string({ description: "The commit; empty when nothing changed." }),
    "from-version": output.string({ description: "Version that was left." }),
    "to-version": output.string({ description: "Version that the pointer names now, or would name." }),
    subject: output.string({ description: "Digest that the pointer names now, or would name." }),
    held: output.string({ description: "Digest that is held; empty for none." }),
    source: output.string({ description: "Where the evidence was read: `registry` or `Git`." }),
  },
});
