import { defineErrors } from "../../src/errors/index.ts";

export const verifyError = defineErrors("Step verify", {
  TRUST_NOT_GIVEN: {
    family: "configuration",
    meaning: "Nothing says whose signatures count: there is neither a key nor a policy.",
    remedy: "Give `key`, or `for` and `policy`.",
  },
  ENVIRONMENT_NEEDED: {
    family: "configuration",
    meaning: "Whether a release may be deployed depends on the environment, and none was given.",
    remedy: "Give `environment` one of the names below `environments` in the policy.",
  },
});
