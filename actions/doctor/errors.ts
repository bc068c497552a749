import { defineErrors } from "../../src/errors/index.ts";

export const doctorError = defineErrors("Step doctor", {
  STORE_UNFIT: {
    family: "refused",
    meaning: "Something that a release needs does not work in the store, or, with `strict`, may not.",
    remedy: "Do what the findings say, then run `slipway doctor` again.",
  },
  MODEL_INPUT_UNREADABLE: {
    family: "configuration",
    meaning: "The input `model` of doctor is neither a model.yaml nor a directory that can be read.",
    remedy: "Give `model` the path of a model.yaml, or of a directory with a model's files.",
  },
  FINDINGS_UNWRITABLE: {
    family: "configuration",
    meaning: "The findings cannot be written where they were asked for.",
    remedy: "Give `report` a path in a directory that may be written to.",
  },
});
