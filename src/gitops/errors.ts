import { defineErrors } from "../errors/index.ts";

export const gitopsError = defineErrors("Deployment", {
  ENVIRONMENT_UNKNOWN: {
    family: "configuration",
    meaning: "The policy has no such environment, or the environment names no repository.",
    remedy: "Use one of the names below `environments` in the policy.",
  },
  POINTER_UNDECLARED: {
    family: "configuration",
    meaning: "The environment has no pointer for this model and variant, or has several and none was named.",
    remedy: "Add the pointer below `environments.<name>.pointers` in the policy, or name the variant.",
  },
  POINTER_FILE_MISSING: {
    family: "configuration",
    meaning: "The file that a pointer lies in is not in the repository.",
    remedy: "Commit the file with empty values first; Slipway moves pointers and does not invent manifests.",
  },
  POINTER_PIN_INVALID: {
    family: "refused",
    meaning: "What a pointer names is not a pin by version, digest and URI that agree.",
    remedy: "Correct the file by hand, or empty all fields of the pointer; an alias is never a pin.",
  },
  POINTER_MOVED: {
    family: "refused",
    meaning: "Somebody else moved the pointer since it was looked at.",
    remedy: "Look at what it names now, and run the step again if the change is still meant.",
  },
  MOVER_UNKNOWN: {
    family: "refused",
    meaning: "The key is not in the policy, so no event that it signs counts.",
    remedy: "Use a key that the policy lists.",
  },
  MOVER_REQUIRED: {
    family: "refused",
    meaning: "The key has no role that may move pointers of this environment.",
    remedy: "Let somebody do it whose role is below `movers` of the environment.",
  },
  EVENT_INVALID: {
    family: "configuration",
    meaning:
      "The move cannot be recorded: a signed event of it would not be as its schema demands, and nobody would believe it.",
    remedy: "Give a `reason` of one line with at most 1000 characters.",
  },
  HOLD_UNREADABLE: {
    family: "refused",
    meaning: "A hold in the repository is malformed; nobody can tell what it forbids.",
    remedy: "Look at who changed it with `git log -- <file>`, and restore or remove it.",
  },
  ROLLBACK_NO_CANDIDATE: {
    family: "refused",
    meaning: "No release that ran in the environment before may be gone back to.",
    remedy: "Deploy another release with `update-pointer`; the details say why each earlier one is out.",
  },
  ROLLBACK_TOO_SOON: {
    family: "refused",
    meaning: "The pointer was rolled back a short while ago; rolling back again would go round in circles.",
    remedy: "Look at what runs; if it must be another release, name it with `to`.",
  },
  ROLLBACK_TARGET_UNKNOWN: {
    family: "refused",
    meaning: "The version to go back to never ran in this environment.",
    remedy: "Name a version from the history, or deploy another release with `update-pointer`.",
  },
});
