import { defineErrors } from "../errors/index.ts";

const asHarness = "Give the file `results_<time>.json` that lm_eval writes under `--output_path`, unchanged.";

export const evaluationError = defineErrors("Evaluations", {
  EVALUATION_TOO_LARGE: {
    family: "refused",
    meaning: "An evaluation report is larger than 64 MiB.",
    remedy: asHarness,
  },
  EVALUATION_MALFORMED: {
    family: "refused",
    meaning: "A file is not a results file of lm-evaluation-harness, or contradicts itself.",
    remedy: asHarness,
  },
  EVALUATION_OTHER_MODEL: {
    family: "refused",
    meaning: "An evaluation report is about another model than the thresholds are.",
    remedy: "Give the report of this model; `model` of the thresholds is the name or path that lm_eval was given.",
  },
  EVALUATION_METRIC_MISSING: {
    family: "refused",
    meaning: "The thresholds name a metric that the evaluation report does not have.",
    remedy: "Evaluate the task too, or correct the metric's name in the thresholds.",
  },
  EVALUATION_VALUE_INVALID: {
    family: "refused",
    meaning: "The value of a metric that the thresholds name is no number; a missing figure is not a zero.",
    remedy: "Find out in the log of lm_eval why the metric has no value, and evaluate again.",
  },
  THRESHOLDS_TOO_LARGE: {
    family: "configuration",
    meaning: "The thresholds are larger than 256 KiB, or have more than 100 000 words and signs.",
    remedy: "Name only the metrics that decide about the release.",
  },
  THRESHOLDS_EMPTY: {
    family: "configuration",
    meaning: "The thresholds are empty, or have comments only.",
    remedy: "Name at least one metric under `metrics`, with its `min` or `max`.",
  },
  THRESHOLDS_SYNTAX: {
    family: "configuration",
    meaning: "The thresholds are not YAML 1.2.",
    remedy: "Correct the line; everything below it may be read differently once it is right.",
  },
  THRESHOLDS_UNSUPPORTED: {
    family: "configuration",
    meaning: "The thresholds use a part of YAML that another reader may understand differently.",
    remedy: "Use plain YAML: one document, keys that are text, values written out.",
  },
  THRESHOLDS_DUPLICATE_KEY: {
    family: "configuration",
    meaning: "A key stands twice in one mapping of the thresholds; readers disagree about which one counts.",
    remedy: "Remove one of the two.",
  },
  THRESHOLDS_UNKNOWN_KEY: {
    family: "configuration",
    meaning: "The thresholds have a key that does not exist at this place.",
    remedy: "Correct the key or remove the line.",
  },
  THRESHOLDS_INVALID: {
    family: "configuration",
    meaning: "A value in the thresholds is missing or not of the form that its key takes.",
    remedy: "Correct the value; schemas/thresholds.json says what each key takes.",
  },
  THRESHOLDS_DIRECTION: {
    family: "configuration",
    meaning: "A threshold bounds a metric on its good side, so that better models would be refused and worse ones not.",
    remedy: "Write `min` where higher is better and `max` where lower is better.",
  },
  THRESHOLDS_AMBIGUOUS: {
    family: "configuration",
    meaning: "A metric is named without its filter, and the evaluation report has it with several.",
    remedy: "Write the name with the filter.",
  },
  THRESHOLDS_REPEATED: {
    family: "configuration",
    meaning: "Two names in the thresholds are the same metric of the evaluation report.",
    remedy: "Keep one of the two.",
  },
  THRESHOLDS_CHECK_NOTHING: {
    family: "configuration",
    meaning: "The thresholds only limit the drop behind a baseline, and there is none.",
    remedy: "Add a `min` or `max` to at least one metric, which decides about a first release; or give a baseline.",
  },
});
