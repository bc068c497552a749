import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";

/** A step with an input of every kind, for the tests of what is generated. */
export const fixture = defineStep({
  name: "weigh-anchor",
  summary: "Raise the anchor\n  of a ship.",
  details: "First paragraph.\n\nSecond paragraph.",
  positional: "subject",
  cleanup: true,
  resources: { cpu: "2", memory: "4Gi", gpu: 1 },
  inputs: {
    subject: input.subject({ description: "The ship", required: true, example: "oci:harbour:1.0.0" }),
    "chain-length": input.number({ description: "How much chain is out.", unit: "m", default: "25" }),
    speed: input.choice(["slow", "fast"], { description: "How fast | how loud.", default: "slow" }),
    wash: input.boolean({ description: "Wash it.", default: true }),
    weight: input.size({ description: "Largest weight." }),
    patience: input.duration({ description: "Longest wait.", default: "5m" }),
    log: input.path({ description: "Where the log goes.", example: "ship's log.txt" }),
    crew: input.list({ description: "Who helps." }),
    note: input.string({ description: "Any <text>." }),
    key: input.secretFile({ description: "Key of the windlass.", required: true, example: "windlass.pem" }),
    password: input.secretFile({ description: "Password of that key." }),
    ...registryInputs,
  },
  outputs: {
    "anchor-digest": output.digest({ description: "What came up." }),
    clean: output.boolean({ description: "Whether it was washed." }),
    depth: output.number({ description: "How deep it was" }),
  },
});
