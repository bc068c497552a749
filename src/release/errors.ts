import { defineErrors } from "../errors/index.ts";

export const modelYamlError = defineErrors("model.yaml", {
  MODEL_YAML_TOO_LARGE: {
    family: "configuration",
    meaning: "model.yaml is larger than 1 MiB, or has more than 100 000 words and signs.",
    remedy: "Keep to what describes the release; the model's own files belong into the variant's directory.",
  },
  MODEL_YAML_EMPTY: {
    family: "configuration",
    meaning: "model.yaml is empty, or has comments only.",
    remedy: "`slipway init` writes a model.yaml to start from.",
  },
  MODEL_YAML_SYNTAX: {
    family: "configuration",
    meaning: "model.yaml is not YAML 1.2.",
    remedy: "Correct the line; everything below it may be read differently once it is right.",
  },
  MODEL_YAML_UNSUPPORTED: {
    family: "configuration",
    meaning:
      "model.yaml uses a part of YAML that another reader may understand differently: several documents, tags, keys that are not text, or aliases and nesting beyond what a description needs.",
    remedy: "Use plain YAML: one document, keys that are text, values written out.",
  },
  MODEL_YAML_DUPLICATE_KEY: {
    family: "configuration",
    meaning: "A key stands twice in one mapping of model.yaml; readers disagree about which one counts.",
    remedy: "Remove one of the two.",
  },
  MODEL_YAML_UNKNOWN_KEY: {
    family: "configuration",
    meaning: "model.yaml has a key that does not exist at this place.",
    remedy: "Correct the key or remove the line; the file that `slipway init` writes shows every key.",
  },
  MODEL_YAML_INVALID: {
    family: "configuration",
    meaning: "A value in model.yaml is missing or not of the form that its key takes.",
    remedy: "Correct the value; the file that `slipway init` writes explains every key.",
  },
  MODEL_YAML_TAG_COLLISION: {
    family: "configuration",
    meaning: "Two names in model.yaml could ask for the same tag in the registry, or for the tag of another release.",
    remedy: "Change one of the names; tags are made from version, variant and capability.",
  },
});

export const releaseError = defineErrors("Releases", {
  VERSION_INVALID: {
    family: "configuration",
    meaning: "A version given from outside model.yaml is not a semantic version, or its tag reads as a variant's.",
    remedy: "Give a version such as 2.4.1 or 2.5.0-rc.1: three numbers, no build metadata, at most 40 characters.",
  },
  VARIANT_UNDECLARED: {
    family: "configuration",
    meaning: "Metadata was asked for a variant that model.yaml does not have.",
    remedy: "Use one of the names below `variants` in model.yaml.",
  },
  TAG_INVALID: {
    family: "configuration",
    meaning: "A tag cannot be made: version, variant, check or attempt is not of the form that tags are made from.",
    remedy: "Use a version such as 2.4.1, a variant such as jetson and a check such as smoke-test.",
  },
  MODEL_NAME_INVALID: {
    family: "configuration",
    meaning: "A text is not the name of a model.",
    remedy: "Use lower-case letters and digits in parts joined by `/`, such as retina/seg.",
  },
  METADATA_SYNTAX: {
    family: "refused",
    meaning: "A release's metadata.json is not JSON in UTF-8, or is larger than 1 MiB.",
    remedy: "Package the release again; metadata.json is written from model.yaml.",
  },
  METADATA_INVALID: {
    family: "refused",
    meaning: "A release's metadata.json is not what ADR-004 describes.",
    remedy: "Package the release again; if another tool made it, compare it with schemas/metadata.json.",
  },
});
