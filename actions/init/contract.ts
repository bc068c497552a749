import { defineStep, input, output } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "init",
  summary: "Write a commented model.yaml and a workflow that releases the model, to start from.",
  details:
    "Looks at the model's directory to fill in what can be known (the format of the weights, the precision that config.json names). Files that exist are never changed: if one of the two exists already, nothing is written.",
  hosts: ["cli"],
  positional: "model",
  inputs: {
    model: input.path({
      description: "Directory with the model's files.",
      default: "model",
      example: "checkpoints/seg",
    }),
    name: input.string({
      description:
        "Name of the model, `group/name` in lower case. The default is the name of the directory that is run in.",
      example: "retina/seg",
    }),
    version: input.string({ description: "First version.", default: "0.1.0" }),
    owner: input.string({
      description: "Team that owns the model and can be reached.",
      example: "team-vision@example.com",
    }),
    licence: input.string({ description: "SPDX expression of the model's licence.", example: "Apache-2.0" }),
    actions: input.string({
      description: "Repository and commit that the workflow takes the actions from, `owner/repository@<commit>`.",
      example: "example/slipway@8f4b7f84864484a7bf31766abe9204da3cbe65b3",
    }),
  },
  outputs: {
    model: output.string({ description: "The model.yaml that was written." }),
    workflow: output.string({ description: "The workflow that was written." }),
  },
});
