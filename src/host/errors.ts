import { defineErrors } from "../errors/index.ts";

export const hostError = defineErrors("Hosts", {
  HOST_UNKNOWN: {
    family: "configuration",
    meaning: "An action's entry point was started outside GitHub Actions and Tekton.",
    remedy: "Use the `slipway` command: `slipway --help` lists the steps.",
  },
  NODE_TOO_OLD: {
    family: "configuration",
    meaning: "The program was started with a version of Node that cannot run it.",
    remedy: "Use Node 24: in a checkout, `npx slipway` runs the one that is pinned there.",
  },
  ENVIRONMENT_INVALID: {
    family: "configuration",
    meaning: "An environment variable that the host sets, or that Slipway reads, is missing or of the wrong form.",
    remedy: "Correct the variable; the generated Task or workflow shows what belongs there.",
  },
  STEP_UNKNOWN: {
    family: "configuration",
    meaning: "The command line names no step, or one that does not exist or does not run on this host.",
    remedy: "`slipway --help` lists the steps.",
  },
  STOPPED: {
    family: "temporary",
    meaning: "The run was stopped by a signal: a cancelled job, a deleted pod, or Ctrl-C.",
    remedy: "Run it again: a stopped step continues to the same result as one that was never stopped.",
  },
  OUTPUT_INVALID: {
    family: "bug",
    meaning: "A step returned outputs other than the ones it declares.",
    remedy: "Report this with the step's name.",
  },
  OUTPUT_SECRET: {
    family: "bug",
    meaning: "An output contains a secret, so no output was written.",
    remedy: "Report this with the step's name; a secret of a few characters can also occur in an output by chance.",
  },
  INTERNAL: {
    family: "bug",
    meaning: "Something failed that no part of Slipway foresaw; the only failure that shows a stack trace.",
    remedy: "Report this with the stack trace.",
  },
});
