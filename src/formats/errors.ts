import { defineErrors } from "../errors/index.ts";

export const formatError = defineErrors("Forms of a release", {
  METADATA_CLASH: {
    family: "configuration",
    meaning: "The model's directory has a file named metadata.json, the name of the release's own metadata.",
    remedy: "Rename the model's file; metadata.json is written from model.yaml.",
  },
  FILE_TOO_LARGE: {
    family: "configuration",
    meaning: "A file is larger than the registry accepts for one blob; nothing was sent.",
    remedy:
      "Split the weights into smaller files (most formats have shards), or use a registry that takes larger blobs.",
  },
  FORM_UNSUPPORTED: {
    family: "configuration",
    meaning: "The manifest is not a ModelPack manifest, or has layers that are not plain files.",
    remedy: "Use the subject of a release, the digest that `slipway package` printed.",
  },
  FORM_MALFORMED: {
    family: "refused",
    meaning: "A manifest names files in a way that could damage the machine it is unpacked on, or that is ambiguous.",
    remedy: "Do not use this release; find out who made it and how.",
  },
  TARGET_NOT_EMPTY: {
    family: "configuration",
    meaning: "The directory to pull into holds something else than this release; nothing in it was touched.",
    remedy: "Name a new directory, or remove what is in this one.",
  },
  TARGET_FULL: {
    family: "temporary",
    meaning: "The disk has no room for the release. The target was not made.",
    remedy: "Free some space, or pull to another disk, and run again.",
  },
  TARGET_UNUSABLE: {
    family: "configuration",
    meaning: "The directory to pull into is a file, a mount point, or may not be written by this user.",
    remedy: "Check the path and who owns its parent directory.",
  },
});
