import { defineErrors } from "../../errors/index.ts";

export const gitError = defineErrors("Git", {
  GIT_MISSING: {
    family: "configuration",
    meaning: "The system has no `git`.",
    remedy: "Install git 2.34 or newer where the step runs.",
  },
  GIT_REMOTE_INVALID: {
    family: "configuration",
    meaning: "The repository or the branch is not of a form that Slipway opens, or holds credentials.",
    remedy: "Give an https, ssh or file URL without credentials, or a path; a token goes into `git-token`.",
  },
  GIT_NOT_FOUND: {
    family: "configuration",
    meaning: "There is no such repository, or it is not visible with these credentials.",
    remedy: "Check the repository in the policy, and that the token may read it.",
  },
  GIT_ACCESS_DENIED: {
    family: "configuration",
    meaning: "The repository's server refused the credentials, or wants some.",
    remedy: "Give a token that may read and write the repository with `git-token`.",
  },
  GIT_UNREACHABLE: {
    family: "temporary",
    meaning: "The repository's server did not answer, or git failed for a reason that may pass.",
    remedy: "Run the step again; what was pushed is in the repository, what was not is nowhere.",
  },
  GIT_SHALLOW: {
    family: "configuration",
    meaning: "The repository is a shallow clone: its history is cut, and nothing can be concluded from it.",
    remedy: "Name the repository itself instead of a checkout, or check out with `fetch-depth: 0`.",
  },
  GIT_PATH_INVALID: {
    family: "refused",
    meaning: "A path would leave the repository, or name something inside of `.git`.",
    remedy: "Use a path below the repository's root, without `..`.",
  },
  GIT_FILE_UNUSABLE: {
    family: "refused",
    meaning: "What lies at a path in the repository is not a regular file, or is too large to be what it should be.",
    remedy: "Look at who put it there with `git log -- <path>`.",
  },
  PUSH_REJECTED: {
    family: "refused",
    meaning: "The repository refused the commit: a rule, a hook or a missing permission. Nothing was changed.",
    remedy: "Allow this identity to push to the branch, or name a branch that it may push to.",
  },
  PUSH_CONTENDED: {
    family: "temporary",
    meaning: "Others pushed to the branch so often that this change never fitted on top. Nothing was changed.",
    remedy: "Run the step again.",
  },
});
