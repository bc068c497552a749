import { defineErrors } from "../../src/errors/index.ts";

export const verifyError = defineErrors("Step verify", {
  TRUST_NOT_GIVEN: {
    family: "configuration",
    meaning: "Nothing says whose signatures count: there is neither a key nor a policy.",
    remedy: "Give `key`, or `for` and `policy`.",
  },
  SUMMARY_INCOMPLETE: {
    family: "configuration",
    meaning: "A verification summary takes a place to write it, a key and a policy; not all were given.",
    remedy: "Give `summary`, `summary-key` and `policy` together.",
  },
  VERDICT_UNWRITABLE: {
    family: "configuration",
    meaning: "The report or the verification summary could not be written to its place.",
    remedy: "Check that the path can be written to and that the disk is not full.",
  },
  ENVIRONMENT_NEEDED: {
    family: "configuration",
    meaning: "Whether a release may be deployed depends on the environment, and none was given.",
    remedy: "Give `environment` one of the names below `environments` in the policy.",
  },
});
