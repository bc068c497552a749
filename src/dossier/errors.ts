import { defineErrors } from "../errors/index.ts";

export const dossierError = defineErrors("Dossiers", {
  POLICY_UNREADABLE: {
    family: "configuration",
    meaning: "The release policy does not exist or cannot be read.",
    remedy: "Give `policy` the path of the release-policy.yaml.",
  },
  POLICY_ROLE_OVERLAP: {
    family: "configuration",
    meaning: "One key is both a builder's and an evaluator's, so a release could vouch for itself.",
    remedy: "Give the evaluator a key of its own.",
  },
  LEDGER_ENTRY_REFUSED: {
    family: "refused",
    meaning: "A file of the ledger is not a link that a key of the policy has signed.",
    remedy: "Look at who changed the file (`git log -- <file>`), and restore it; nobody is promoted until then.",
  },
  LINK_UNPROVEN: {
    family: "configuration",
    meaning: "The policy asks for proven times, and nobody whom it trusts vouches for the time of the new link.",
    remedy:
      "Sign with a timestamp authority of the policy's `trustedRoot` (`timestamp-url`), or a log that gives times.",
  },
  LINK_INVALID: {
    family: "configuration",
    meaning: "A promotion would be recorded as a link that nobody could read, such as one with a reason of two lines.",
    remedy: "Give `reason` and `migration` one line of at most 1000 characters, and `advisory` at most 2000.",
  },
});
