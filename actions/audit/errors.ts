import { defineErrors } from "../../src/errors/index.ts";

export const auditError = defineErrors("Step audit", {
  REPORT_UNWRITABLE: {
    family: "configuration",
    meaning: "The page or the report cannot be written where it was asked for.",
    remedy: "Give `page` and `report` paths in a directory that may be written to.",
  },
});
