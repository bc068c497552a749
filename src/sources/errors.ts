import { defineErrors } from "../errors/index.ts";

export const sourceError = defineErrors("Model directories", {
  MODEL_NOT_FOUND: {
    family: "configuration",
    meaning: "The model's directory does not exist or is not a directory.",
    remedy: "Correct `path` of the variant in model.yaml; it is relative to model.yaml.",
  },
  MODEL_EMPTY: {
    family: "configuration",
    meaning: "The model's directory holds no files.",
    remedy: "Check that the step that makes the model ran before and wrote into this directory.",
  },
  MODEL_UNREADABLE: {
    family: "configuration",
    meaning: "A file or directory of the model cannot be read by this user.",
    remedy: "Make it readable: `chmod -R u+rX <directory>`.",
  },
  MODEL_LINK_ESCAPES: {
    family: "configuration",
    meaning: "A symbolic link leads out of the model's directory; following it could publish anything.",
    remedy: "Copy the model with its links resolved first: `cp -rL <directory> <copy>`.",
  },
  MODEL_LINK_UNUSABLE: {
    family: "configuration",
    meaning: "A symbolic link leads nowhere, or to a directory.",
    remedy: "Remove the link, or replace it by what it stands for.",
  },
  MODEL_SPECIAL_FILE: {
    family: "configuration",
    meaning: "The directory holds a device, a named pipe or a socket; a release holds files only.",
    remedy: "Remove it from the model's directory.",
  },
  MODEL_NAME_REFUSED: {
    family: "configuration",
    meaning: "A file's name is not UTF-8, or cannot be written on every system.",
    remedy: "Rename the file.",
  },
  MODEL_NAME_CLASH: {
    family: "configuration",
    meaning: "Two names differ only in case or Unicode normalisation; some file systems would keep one of them.",
    remedy: "Rename or remove one of the two.",
  },
  MODEL_CHANGED: {
    family: "temporary",
    meaning: "A file shrank, grew or was written to while it was read. Nothing was announced.",
    remedy: "Wait until whatever writes the model has ended, then run again.",
  },
});
