import { defineErrors } from "../../src/errors/index.ts";

export const updatePointerError = defineErrors("Step update-pointer", {
  POINTER_UNEXPECTED: {
    family: "refused",
    meaning: "The pointer does not name what `expected` says.",
    remedy: "Look at what it names now, and run the step again if the change is still meant.",
  },
  POINTER_UNAUTHORISED: {
    family: "refused",
    meaning: "No promotion permits the release in the environment.",
    remedy: "Promote the release first; `slipway promote --plan` says what is missing.",
  },
});
