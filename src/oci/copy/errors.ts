import { defineErrors } from "../../errors/index.ts";

export const copyError = defineErrors("Copies", {
  COPY_UNBOUNDED: {
    family: "refused",
    meaning: "More belongs to a release, or is nested deeper, than any release needs; nothing was copied.",
    remedy: "Find out with `oras discover` who attached it; remove what nobody needs, and copy again.",
  },
  BLOB_TOO_LARGE: {
    family: "configuration",
    meaning: "A blob is larger than the target's registry accepts; nothing was copied.",
    remedy: "Copy to a registry that takes larger blobs, or package the model in smaller files and release it anew.",
  },
  EVIDENCE_CONTENDED: {
    family: "temporary",
    meaning: "Other processes kept replacing a tag of signatures while this one added to it.",
    remedy: "Run again when the others are done; what was copied is used again.",
  },
});
