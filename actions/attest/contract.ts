import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { formatInput, signerInputs, signingKey } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "attest",
  summary:
    "Attach a signed statement to a release: an approval, a runbook, a rollback plan, a shadow result, a waiver, its provenance, a scan, an SBOM.",
  details: [
    "What the statement says is read from `predicate`, a JSON or YAML file, or is made from the inputs that its type needs. It is checked against the type's schema before anything is signed, and attached to the release by digest.",
    "`provenance` is SLSA provenance v1, made from what the release and the run say: the files, the code, the data and the base model went in, and `package` made the release of them. Its end is the time of the statement. With a file, it is the provenance that another tool made.",
    "`scan` takes what a scanner found, as in-toto's `vulns/v0.2`, and `sbom` a CycloneDX document in JSON. They are for people and for a `statement` gate; the gate `scan` asks for a test result.",
    "With `github-token`, an approval also states who approved the run on GitHub, and is refused when nobody did. That is what GitHub told the signer, of all attempts of the run: a claim of the signer, not a proof. Whose approval counts for a gate is said by the key.",
    "`type` `custom` takes any in-toto predicate from a file, with its `predicate-type`. Types that other steps write (signatures, promotions, pointer events, verification summaries) are refused here.",
    "The same statement by the same key is attached once: running the step again in the same run finds what is there.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release that the statement is about, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    type: input.choice(
      ["approval", "runbook", "rollback-plan", "shadow", "canary", "waiver", "provenance", "scan", "sbom", "custom"],
      { description: "What is stated.", required: true },
    ),
    ...signerInputs,
    key: signingKey("lead"),
    ...formatInput,
    predicate: input.path({
      description: "File with the predicate, JSON or YAML. For shadow, canary, scan, sbom and custom it is needed.",
      example: "evidence/shadow.yaml",
    }),
    "predicate-type": input.string({
      description: "Type of a custom predicate, a URI.",
      example: "https://example.com/privacy-review/v1",
    }),
    to: input.choice(["staging", "production", "retired", "archived", "revoked"], {
      description: "State that an approval or a waiver is for.",
    }),
    reason: input.string({
      description: "Why: for an approval or a waiver.",
      example: "Reviewed with the on-call team.",
    }),
    environment: input.string({
      description:
        "GitHub Environment that an approval was given for; needed with github-token when the run was approved for several.",
      example: "production",
    }),
    "github-token": input.secretFile({
      description: "Token with `actions: read`, to ask GitHub who approved the run; for an approval in GitHub Actions.",
      example: "env://GITHUB_TOKEN",
    }),
    gate: input.string({ description: "Gate that a waiver is for.", example: "scan" }),
    until: input.string({ description: "Day or time at which a waiver ends (RFC 3339).", example: "2027-03-31" }),
    uri: input.string({ description: "Where the runbook lies.", example: "https://wiki.example.com/runbooks/seg" }),
    "on-call": input.string({ description: "Whom the runbook says to call.", example: "team-vision on-call" }),
    plan: input.string({
      description: "What a rollback plan goes back to: the reference of a release with its digest, or `withdraw`.",
      example: "oci:out/store/seg:2.4.0-jetson@sha256:…",
    }),
    instructions: input.string({ description: "What else to do on a rollback." }),
    ...registryInputs,
  },
  outputs: {
    statement: output.digest({ description: "Digest of the statement: what others refer to." }),
    bundle: output.digest({ description: "Digest of the manifest that attaches it to the subject." }),
    tag: output.string({ description: "Evidence tag of the statement; it names the run." }),
    signer: output.string({ description: "Fingerprint of the signing key." }),
  },
});
