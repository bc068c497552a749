import { defineErrors } from "../../src/errors/index.ts";

export const evalGateError = defineErrors("Step eval-gate", {
  EVALUATION_FAILED: {
    family: "refused",
    meaning: "The evaluation was compared, and the release is not good enough.",
    remedy: "Improve the model; the failed evaluation stays on the release until a later one names it in `supersedes`.",
  },
  EVALUATION_INCOMPARABLE: {
    family: "refused",
    meaning: "The values were not measured in the same way as the champion's, so nothing follows from them.",
    remedy: "Evaluate the release again as the champion was: same tasks, versions, shots, samples and templates.",
  },
  EVALUATION_UNREADABLE: {
    family: "configuration",
    meaning: "The results or the thresholds do not exist or cannot be read.",
    remedy: "Check the path; lm_eval ends with success even when it could not save its results.",
  },
  EVALUATION_UNSTATABLE: {
    family: "configuration",
    meaning: "The evidence would say something that nobody could read, such as a reason of two lines.",
    remedy: "Give a `supersedes-reason` of one line with at most 1000 characters.",
  },
  BASELINE_UNEVALUATED: {
    family: "refused",
    meaning: "The champion has no evaluation that a trusted key has signed.",
    remedy: "Give its evaluator's public key with `baseline-key`, or its results file with `baseline-results`.",
  },
  BASELINE_UNNAMED: {
    family: "configuration",
    meaning: "A champion's results were given, and not which release the champion is.",
    remedy: "Give `baseline` the champion with its digest, or leave out `baseline-results`.",
  },
  BASELINE_OTHER_MODEL: {
    family: "configuration",
    meaning: "The baseline is another model, another variant, or the release itself.",
    remedy: "Give `baseline` the champion: the release of the same model and variant that is in production.",
  },
  SUPERSEDES_INVALID: {
    family: "configuration",
    meaning: "What is superseded is not an evaluation of this release, or no reason was given.",
    remedy: "Name digests of statements that `eval-gate` put out for this release, and say why in `supersedes-reason`.",
  },
});
