import { defineErrors } from "../../src/errors/index.ts";

export const promoteError = defineErrors("Step promote", {
  KEY_NEEDED: {
    family: "configuration",
    meaning: "A promotion is signed; without a key it can only be planned.",
    remedy: "Give `key`, or `plan: true` to see what is missing and who may authorise it.",
  },
  SIGNER_UNKNOWN: {
    family: "refused",
    meaning: "The key is not in the policy, so nothing that it signs counts.",
    remedy: "Use a key that the policy lists, or have the platform engineer add this one.",
  },
  RETIREMENT_INVALID: {
    family: "configuration",
    meaning: "A retirement needs a replacement with its digest, a sunset date and a migration path, all three.",
    remedy: "Give `replacement`, `sunset` and `migration`.",
  },
  RESOLVE_UNPLANNED: {
    family: "configuration",
    meaning: "To join a chain that diverged is decided by a person who looked at both sides; there is no plan of it.",
    remedy: "Leave one of them out; a promotion without `resolve` fails, writes nothing and names the links.",
  },
  NOTHING_TO_RESOLVE: {
    family: "configuration",
    meaning: "The chain is whole; there is nothing to join.",
    remedy: "Promote without `resolve`.",
  },
});
