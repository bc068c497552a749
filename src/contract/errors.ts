import { defineErrors } from "../errors/index.ts";

export const contractError = defineErrors("Inputs and outputs", {
  INPUT_MISSING: {
    family: "configuration",
    meaning: "A required input was not given, or was given as an empty text.",
    remedy: "Give the input; `slipway <step> --help` shows an example.",
  },
  INPUT_UNKNOWN: {
    family: "configuration",
    meaning: "An input was given that the step does not have.",
    remedy: "Remove it or correct its name; `slipway <step> --help` lists the inputs.",
  },
  INPUT_INVALID: {
    family: "configuration",
    meaning: "An input's text is not of the form that the input takes.",
    remedy: "Write the input as its description says; `slipway <step> --help` shows an example.",
  },
  SECRET_INLINE: {
    family: "configuration",
    meaning: "A secret itself was given where the path of a file that holds it is expected.",
    remedy:
      "Put the secret into a file and give its path, or name an environment variable as env://NAME; then replace the secret, because it was visible to other processes.",
  },
  SECRET_UNREADABLE: {
    family: "configuration",
    meaning: "The file or environment variable that should hold a secret is missing, empty, too large or not readable.",
    remedy: "Check that the file exists and that this user may read it, or that the environment variable is set.",
  },
  OUTPUT_TOO_LARGE: {
    family: "bug",
    meaning: "A step's outputs together exceed what every host can carry (1 KiB).",
    remedy: "Report this with the step's name; outputs are scalars and lists belong into the store.",
  },
});
