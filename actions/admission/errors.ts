import { defineErrors } from "../../src/errors/index.ts";

export const admissionStepError = defineErrors("Step admission", {
  POLICIES_UNWRITABLE: {
    family: "configuration",
    meaning: "The policies for the cluster cannot be written where they were asked for.",
    remedy: "Give `output` a directory of your own.",
  },
});
