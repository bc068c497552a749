import { defineErrors } from "../../src/errors/index.ts";

export const packageError = defineErrors("Step package", {
  MODEL_YAML_UNREADABLE: {
    family: "configuration",
    meaning: "The file model.yaml does not exist or cannot be read.",
    remedy: "Give `model` the path of the model's model.yaml, or write one with `slipway init`.",
  },
  VARIANT_UNKNOWN: {
    family: "configuration",
    meaning: "The variant is not in model.yaml, or must be named because model.yaml has several.",
    remedy: "Give `variant` one of the names below `variants` in model.yaml.",
  },
});
