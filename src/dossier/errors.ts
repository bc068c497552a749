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
  PACK_INCOMPLETE: {
    family: "refused",
    meaning: "The evidence pack in Git lacks the manifest or the metadata of a release.",
    remedy: "Run the step again while the release's store can be reached.",
  },
  METADATA_UNREADABLE: {
    family: "refused",
    meaning: "A release holds no readable metadata.json, so nothing is known of its lineage.",
    remedy: "Package the release again with `slipway package`.",
  },
});
