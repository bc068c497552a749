import { defineErrors } from "../../src/errors/index.ts";

export const doctorError = defineErrors("Step doctor", {
  STORE_UNFIT: {
    family: "refused",
    meaning: "Something that a release needs does not work in the store, or, with `strict`, may not.",
    remedy: "Do what the findings say, then run `slipway doctor` again.",
  },
  TRUST_UNFIT: {
    family: "refused",
    meaning: "Something that signatures or trust need does not work, or, with `strict`, may not; the store will do.",
    remedy: "Do what the findings say, then run `slipway doctor` again.",
  },
  NOTHING_TO_PROBE: {
    family: "configuration",
    meaning: "Doctor was given neither a store nor anything that signs or is trusted.",
    remedy:
      "Give `store`, the repository of a registry or a layout directory, or what signs and is trusted: `key`, `fulcio-url`, `rekor-url`, `timestamp-url`, `trusted-root`, `policy`.",
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
