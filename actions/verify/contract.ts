import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { trustInputs } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "verify",
  summary: "Verify that a release is whole and signed, and may be used for a purpose.",
  details: [
    "Checks the store's index, the manifest, the config and the presence of every file, then every signature attached to the subject: signed by a trusted key, about this digest, of the type that a signature has. One line for each candidate says whether it was accepted, and why not.",
    "With `for` and a release policy, the evidence and the promotion chain are judged as well: `promote` (every gate of the next transition), `deploy` and `rollback` (the stage that the environment demands was reached, and the release is not retired, held or revoked; `rollback` also accepts keys that have expired since), `serve` (only revoked and archived are refused, retired warns) and `audit` (everything is reported, nothing refused).",
    "Evidence is read from both storages, sigstore bundles and cosign's `.sig` and `.att` tags. A signature with a certificate counts when its time is proven by an authority of the trusted root; nothing is asked of any server but the store's, so that it works offline.",
    "One acceptable signature is enough; no candidate at all and no acceptable candidate are different refusals. The content of the files is checked by `pull`, while it is written.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release to verify, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    ...trustInputs,
    for: input.choice(["promote", "deploy", "rollback", "serve", "audit"], {
      description: "What the release is to be used for; needs `policy`.",
    }),
    policy: input.path({ description: "The release policy, for `for`.", example: "release-policy.yaml" }),
    explain: input.boolean({
      description: "Show everything that was attached, with each check that it went through.",
      default: false,
    }),
    report: input.path({
      description: "Where to write the verdict as JSON (`schemas/verify-report.json`), also when it is a refusal.",
      example: "out/report/verify.json",
    }),
    summary: input.path({
      alternative: true,
      description:
        "Where to write a signed verification summary (SLSA VSA) as a sigstore bundle, also when it is a refusal; needs `summary-key` and `policy`.",
      example: "out/report/verify.sigstore.json",
    }),
    "summary-key": input.secretFile({ description: "Private key of whoever vouches for the verification summary." }),
    "summary-password": input.secretFile({ description: "Password of that key, when it is encrypted." }),
    environment: input.string({
      description: "Environment of the policy, for `deploy` and `rollback`.",
      example: "production",
    }),
    "git-token": input.secretFile({ description: "Token for the repositories that the policy names, over HTTPS." }),
    ...registryInputs,
  },
  outputs: {
    verified: output.boolean({
      description: "True when an acceptable signature was found and the purpose is allowed; false when it was refused.",
    }),
    signer: output.string({
      description: "Fingerprint of the key whose signature was accepted, or of a certificate's issuer and subject.",
    }),
    state: output.string({ description: "Lifecycle state of the release; empty without a policy." }),
    candidates: output.number({ description: "Number of signatures and other evidence that was examined." }),
    subject: output.digest({ description: "The digest that was verified; use this from here on." }),
  },
});
