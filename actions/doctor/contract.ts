import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { signerInputs } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "doctor",
  summary: "Probe a store, and what signs and is trusted, and say what will not work before a release fails.",
  details: [
    "Asks a registry's repository: does it answer, with a trusted certificate and the right time; which credentials are found where, and do they allow to pull, push and delete; how does it take uploads and attached evidence; are its tags immutable; is a file of `model` larger than it takes. Of a layout directory: is it whole, can it be written to and locked, what have killed processes left in it, how much room is free.",
    "Of what a release is signed with and believed by, as far as it is given: does the key open, sign and verify, and who can read it; in which roles of `policy` is the signer, and until when; is the identity token good, and whom will a certificate name; do Fulcio, Rekor and the timestamp authority answer, and are they those of the trusted root and the policy's; is this machine's clock right; are the chains of the trusted root whole, and what does verification want; who in the policy may act now, and is a gate without anybody. `store` may be left out then.",
    "Each finding is ok, a warning, failed, unknown or skipped, and says what will fail later because of it and how to mend it. One probe's failure never hides the others. Something that failed is refused with exit status 3; with `strict`, a warning too.",
    "Some probes write: two blobs and two manifests of some hundred bytes, under a tag such as `slipway-doctor_probe-…`, in that repository only, removed again at the end and when the step is stopped. Where the registry does not let them be removed, the findings say what was left. `read-only` leaves all that out. About twenty small requests are made, to the registry and the token server that it names, and as many as there are signing services, to those that were named; nothing is sent anywhere else. No certificate is asked for and nothing is recorded, since logs would keep it for ever; a timestamp authority is asked for one stamp of random bytes, which `read-only` leaves out, and GitHub's runner for the job's token when `fulcio-url` is given. In a layout directory, a file is written and removed and the lock is taken for a moment.",
  ].join("\n\n"),
  positional: "store",
  inputs: {
    store: input.subject({
      description:
        "The repository of a registry, or a layout directory; may be left out where something that signs or is trusted is given.",
      example: "registry.example.com/models/seg",
    }),
    model: input.path({
      description: "A `model.yaml`, or a directory with a model's files: is one of them too large for the store?",
      example: "model.yaml",
    }),
    "read-only": input.boolean({ description: "Leave out the probes that write, and the stamp.", default: false }),
    strict: input.boolean({ description: "Refuse warnings, too.", default: false }),
    report: input.path({ description: "Where to write the findings as JSON.", example: "out/report/doctor.json" }),
    policy: input.path({
      description: "The release policy: who may do what, and is anybody left who may?",
      example: "release-policy.yaml",
    }),
    ...signerInputs,
    ...registryInputs,
  },
  outputs: {
    verdict: output.string({ description: "`ok`, `warnings` or `failed`." }),
    failed: output.number({ description: "Findings of what will not work." }),
    warnings: output.number({ description: "Findings of what may not work, or not for others." }),
    unknown: output.number({ description: "What could not be found out." }),
    registry: output.string({ description: "The registry's make; empty when it is not known." }),
  },
});
