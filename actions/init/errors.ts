import { defineErrors } from "../../src/errors/index.ts";

export const initError = defineErrors("Step init", {
  FILE_EXISTS: {
    family: "configuration",
    meaning: "A file that would be written exists already; nothing was written.",
    remedy: "Edit the file that is there, or remove it first.",
  },
  FILE_UNWRITABLE: {
    family: "configuration",
    meaning: "A file cannot be written here.",
    remedy: "Run in a directory of your own.",
  },
});
