import { defineErrors } from "../../errors/index.ts";

export const ledgerError = defineErrors("Ledger", {
  LEDGER_MALFORMED: {
    family: "refused",
    meaning: "The ledger's folder in Git holds something that is not a link or a piece of evidence.",
    remedy: "Look at who added the file (`git log -- <file>`) and remove it; nobody is promoted until then.",
  },
});
