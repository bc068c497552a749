import { defineErrors } from "../../errors/index.ts";

export const pointerFileError = defineErrors("Pointers in Git", {
  SELECTOR_INVALID: {
    family: "configuration",
    meaning: "A selector, which names a place in a YAML file, cannot be read.",
    remedy:
      'Write keys with dots between them, such as model.version, data."release.json" or items[name=fraud].digest.',
  },
  POINTER_FILE_INVALID: {
    family: "configuration",
    meaning: "A pointer's file is not YAML in UTF-8, or has signs that readers of YAML understand differently.",
    remedy: "Correct the file at this place; nothing in it was changed.",
  },
  POINTER_FILE_TOO_LARGE: {
    family: "configuration",
    meaning:
      "A pointer's file is larger than 1 MiB, has more than 1000 documents or 400 000 words and signs, or is nested more than 100 deep.",
    remedy: "Move the pointer into a small file of its own.",
  },
  POINTER_NOT_FOUND: {
    family: "configuration",
    meaning: "The place that a selector names is not in the file, or no document of the file is the one asked for.",
    remedy: "Correct the selector, or add the key to the file by hand once; only what is there is edited.",
  },
  POINTER_AMBIGUOUS: {
    family: "configuration",
    meaning: "A selector fits more than one place: two documents, two items of a list; or one place is set twice.",
    remedy: "Say which document by kind and name, or which item by its index.",
  },
  POINTER_ALIAS: {
    family: "configuration",
    meaning: "A selector leads to or through an alias (`*name`), so that the value stands somewhere else.",
    remedy: "Select the place where the value is written (its anchor, `&name`), or write the value out here.",
  },
  POINTER_ALIASED: {
    family: "configuration",
    meaning:
      "The value to be set has an anchor, or lies in something that has one, and is repeated elsewhere by an alias.",
    remedy: "Write the value out where the alias stands, so that setting one place does not change another.",
  },
  POINTER_MERGE_KEY: {
    family: "configuration",
    meaning: "A merge key (`<<`) stands on the way, supplies the key that is selected, or may override it.",
    remedy: "Write the key out in this mapping, below the merge key.",
  },
  POINTER_DUPLICATE_KEY: {
    family: "configuration",
    meaning: "A mapping on the way has a key twice; readers disagree about which one counts.",
    remedy: "Remove one of the two.",
  },
  POINTER_KEY_UNSUPPORTED: {
    family: "configuration",
    meaning:
      "A mapping on the way has a key that is not text at the place that is selected, or a key that is no scalar.",
    remedy: "Put the key in quotes if it is meant as text.",
  },
  POINTER_NOT_SCALAR: {
    family: "configuration",
    meaning: "A selector leads to a mapping or a list, not to a single value.",
    remedy: "Continue the selector down to one value.",
  },
  POINTER_SCALAR_UNSUPPORTED: {
    family: "configuration",
    meaning:
      "The selected value is written in a way that is not edited: in several lines, as a block scalar (`|`, `>`), under a tag other than `!!str`, or as a key without a colon.",
    remedy: "Write the value in one line, plain or in quotes, without a tag.",
  },
  POINTER_VALUE_INVALID: {
    family: "configuration",
    meaning: "The text to be written is not one line of at most 2 KiB without control characters.",
    remedy: "Give a version, a digest or a URI.",
  },
  POINTER_EDIT_UNSAFE: {
    family: "refused",
    meaning:
      "Reading the edited file again, as YAML 1.2 and as YAML 1.1, showed something else than the intended change; the edit was thrown away.",
    remedy: "Write the value and what stands around it in a simpler way, and report the file as a bug of Slipway.",
  },
});
