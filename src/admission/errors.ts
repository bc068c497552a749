import { defineErrors } from "../errors/index.ts";

export const admissionError = defineErrors("Admission policies", {
  IMAGES_INVALID: {
    family: "configuration",
    meaning: "The images that a policy is to cover are not a pattern that every engine understands alike.",
    remedy: "Write host and path in lower case, without tag: registry.example.com/models/**",
  },
  NAMESPACE_LABEL_INVALID: {
    family: "configuration",
    meaning: "The label that chooses namespaces is not `name=value` as Kubernetes writes labels.",
    remedy: "Write a label that the namespaces have, such as environment=production.",
  },
  ADMISSION_NOBODY: {
    family: "configuration",
    meaning: "Nobody is left whose signature an engine could accept, so its policy would refuse every image.",
    remedy: "Add a key or an identity that is in force to one of the roles, or leave this engine out with `engine`.",
  },
  ADMISSION_ROOT_UNUSABLE: {
    family: "configuration",
    meaning: "The policy's trusted root is not what sigstore calls one, or holds nothing that an engine could trust.",
    remedy: "Take the trusted_root.json that `cosign trusted-root create` or your TUF repository gives.",
  },
});
