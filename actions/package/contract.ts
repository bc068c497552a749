import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { uploadModes } from "../../src/oci/index.ts";

export const contract = defineStep({
  name: "package",
  summary: "Package a model's directory as an OCI artifact (form C, ModelPack), with a digest that names the release.",
  details: [
    "Reads `model.yaml`, lists the variant's directory, and stores every file as a blob of its own in an OCI image layout or a registry's repository, with the ADR-004 `metadata.json` beside them. The output `subject` is the digest of the manifest: all evidence about the release is attached to it.",
    "The same files and the same `model.yaml` give the same digest on any machine. A file that the store has already is not written again, and an upload that broke off or was killed goes on where the registry has it. A release is never overwritten: its tag with other content is refused before a byte is written, and the same content again is success.",
    "Links that leave the directory, devices, names that are not UTF-8 or differ only in case, and files that change while they are read are refused, and nothing is tagged.",
  ].join("\n\n"),
  positional: "model",
  inputs: {
    model: input.path({
      description: "The model's `model.yaml`.",
      default: "model.yaml",
      example: "models/seg/model.yaml",
    }),
    variant: input.string({
      description: "The variant to package. May be left out when model.yaml has one.",
      example: "jetson",
    }),
    version: input.string({
      description:
        "Version of the release instead of the one in model.yaml, for example from a Git tag (a leading `v` is dropped).",
      example: "2.4.1",
    }),
    store: input.subject({
      description:
        "Where to put it: a registry's repository, or a layout directory, made when it is new. The default is oci:out/store/<name>.",
      example: "oci:out/store/seg",
    }),
    "upload-mode": input.choice(uploadModes, {
      description:
        "How files go to a registry: `auto` as it is known to take them, `monolithic` each in one request, `chunked` large ones in pieces that can be taken up after a break, `stream` large ones hashed while they are sent, which reads them once.",
      default: "auto",
    }),
    ...registryInputs,
  },
  outputs: {
    subject: output.digest({ description: "Digest of the form C manifest: the identity of the release." }),
    reference: output.string({
      description: "Full reference, `<repository>:<tag>@<digest>`, as the other steps take it.",
    }),
    tag: output.string({ description: "The release's tag, `<version>-<variant>`." }),
    size: output.number({ description: "Bytes of all files of the release." }),
    written: output.number({ description: "Bytes of content that the store did not have before." }),
  },
  resources: { cpu: "1", memory: "256Mi" },
});
