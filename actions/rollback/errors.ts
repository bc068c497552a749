import { defineErrors } from "../../src/errors/index.ts";

export const rollbackError = defineErrors("Step rollback", {
  ROLLBACK_KEY_NEEDED: {
    family: "configuration",
    meaning: "A rollback is signed; without a key it can only be tried.",
    remedy: "Give `key`, or `dry-run: true` to see the candidates.",
  },
  ROLLBACK_NOTHING_RUNS: {
    family: "refused",
    meaning: "The pointer names nothing, so there is nothing to go back from.",
    remedy: "Deploy a release with `update-pointer`.",
  },
});
