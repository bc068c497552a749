import { defineErrors } from "../errors/index.ts";

export const githubError = defineErrors("GitHub's API", {
  GITHUB_ADDRESS_UNUSABLE: {
    family: "configuration",
    meaning:
      "The address of GitHub's API is not https, the run's repository or number is not one, or the token cannot be sent in a header.",
    remedy:
      "Run the step in GitHub Actions, whose runner says them all; give `github-token` a file that holds only the token.",
  },
  GITHUB_REFUSED: {
    family: "configuration",
    meaning: "GitHub does not accept the token, or shows its bearer no such run.",
    remedy: "Give the job `permissions: {actions: read}` and `github-token` that job's token.",
  },
  GITHUB_UNAVAILABLE: {
    family: "temporary",
    meaning: "GitHub could not be reached, broke off, took too long, or has had enough requests.",
    remedy: "Run the step again later.",
  },
  GITHUB_CONFUSED: {
    family: "refused",
    meaning: "The answer is not one of GitHub's API: a redirect, something other than its JSON, or far too much of it.",
    remedy: "Look at what answers at that address: a login page, or a proxy in place of GitHub.",
  },
});
