import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "doctor",
  summary: "Probe a store and say what will not work there before a release fails.",
  details: [
    "Asks a registry's repository: does it answer, with a trusted certificate and the right time; which credentials are found where, and do they allow to pull, push and delete; how does it take uploads and attached evidence; are its tags immutable; is a file of `model` larger than it takes. Of a layout directory: is it whole, can it be written to and locked, what have killed processes left in it, how much room is free.",
    "Each finding is ok, a warning, failed, unknown or skipped, and says what will fail later because of it and how to mend it. One probe's failure never hides the others. Something that failed is refused with exit status 3; with `strict`, a warning too.",
    "Some probes write: two blobs and two manifests of some hundred bytes, under a tag such as `slipway-doctor_probe-…`, in that repository only, removed again at the end and when the step is stopped. Where the registry does not let them be removed, the findings say what was left. `read-only` leaves all that out. About twenty small requests are made, to the registry and the token server that it names, and nothing is sent anywhere else. In a layout directory, a file is written and removed and the lock is taken for a moment.",
  ].join("\n\n"),
  positional: "store",
  inputs: {
    store: input.subject({
      description: "The repository of a registry, or a layout directory.",
      required: true,
      example: "registry.example.com/models/seg",
    }),
    model: input.path({
      description: "A `model.yaml`, or a directory with a model's files: is one of them too large for the store?",
      example: "model.yaml",
    }),
    "read-only": input.boolean({ description: "Leave out the probes that write.", default: false }),
    strict: input.boolean({ description: "Refuse warnings, too.", default: false }),
    report: input.path({ description: "Where to write the findings as JSON.", example: "out/report/doctor.json" }),
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
