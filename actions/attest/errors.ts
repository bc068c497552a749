import { defineErrors } from "../../src/errors/index.ts";

export const attestError = defineErrors("Step attest", {
  PREDICATE_UNREADABLE: {
    family: "configuration",
    meaning: "The predicate's file does not exist, cannot be read, is larger than 1 MiB or is neither JSON nor YAML.",
    remedy: "Give `predicate` the path of a JSON or YAML file.",
  },
  PREDICATE_INVALID: {
    family: "configuration",
    meaning: "The predicate is not what its type demands.",
    remedy: "Correct the file or the inputs; the JSON Schemas lie in `schemas/`.",
  },
  PREDICATE_INPUT_MISSING: {
    family: "configuration",
    meaning: "The type of statement needs an input that was not given.",
    remedy: "Give the input, or the whole predicate as a file with `predicate`.",
  },
  PREDICATE_TYPE_RESERVED: {
    family: "refused",
    meaning: "A custom statement may not be of a type that another step writes and judges.",
    remedy: "Use its own `type`, or the step that writes it: sign, eval-gate, promote, update-pointer or rollback.",
  },
  APPROVALS_UNKNOWN: {
    family: "configuration",
    meaning: "A token for GitHub was given, and the run is not one of GitHub Actions that says where to ask.",
    remedy:
      "Leave `github-token` out, or make the approval in GitHub Actions; on Tekton, let `github-token-secret` name no Secret.",
  },
  APPROVAL_NOT_GRANTED: {
    family: "refused",
    meaning: "GitHub knows of nobody who approved the run's deployment, or only of a rejection.",
    remedy: "Let the job name the protected `environment`, and let one of its reviewers approve the run.",
  },
});
