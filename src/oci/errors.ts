import { defineErrors } from "../errors/index.ts";

export const ociError = defineErrors("References and stores", {
  REFERENCE_INVALID: {
    family: "configuration",
    meaning: "A text is not a reference to a manifest.",
    remedy:
      "Write oci:<directory>[:tag][@sha256:…] for a layout directory or host[:port]/path[:tag][@sha256:…] for a registry.",
  },
  DIGEST_REQUIRED: {
    family: "configuration",
    meaning: "A tag was given where only a digest says what is meant; tags can move.",
    remedy: "Add the digest: `slipway inspect <reference>` prints it.",
  },
  STORE_NOT_FOUND: {
    family: "configuration",
    meaning: "The directory of a layout reference does not exist.",
    remedy: "Check the path; `slipway package` creates a store when it writes the first release into it.",
  },
  STORE_NOT_LAYOUT: {
    family: "configuration",
    meaning: "The directory exists and holds other files, but is not an OCI image layout.",
    remedy: "Name an empty or new directory, or one that holds oci-layout and index.json.",
  },
  STORE_UNREADABLE: {
    family: "configuration",
    meaning: "A file of the store cannot be read or written: this user may not, or the file system cannot.",
    remedy: "Check owner and mode of the store's directory; inside a container the group must be able to write.",
  },
  STORE_CORRUPT: {
    family: "refused",
    meaning: "A file of the store is not what its index or its digest says.",
    remedy:
      "Restore the store from a copy, or delete it and package the release again: the same input gives the same digest.",
  },
  STORE_BUSY: {
    family: "temporary",
    meaning: "Another process held the store's index for longer than the waiting time.",
    remedy: "Run again when the other process is done.",
  },
  STORE_FULL: {
    family: "temporary",
    meaning:
      "There was no room for the bytes: the disk, the quota or the file size limit is exhausted. Nothing was tagged.",
    remedy: "Free some space where the store lies and run again; what was already written is used again.",
  },
  NOT_FOUND: {
    family: "configuration",
    meaning: "The store has no manifest of that tag or digest.",
    remedy: "List what it holds with `slipway inspect oci:<directory>`.",
  },
  TAG_MISMATCH: {
    family: "refused",
    meaning: "A reference names a tag and a digest, and the tag points at something else.",
    remedy: "Find out who moved the tag; drop the tag from the reference if only the digest matters.",
  },
  IMMUTABLE_CONFLICT: {
    family: "refused",
    meaning: "A release's tag already holds other content; a release is never overwritten.",
    remedy: "Release the changed files as a new version.",
  },
  MANIFEST_INVALID: {
    family: "refused",
    meaning: "A manifest's bytes are not a well-formed OCI manifest.",
    remedy: "Fetch the release again from where it was published; if it was made by another tool, report which.",
  },
  MANIFEST_TOO_LARGE: {
    family: "configuration",
    meaning: "A manifest would exceed 4 MiB, the size that registries must accept.",
    remedy: "Put the many small files into one archive inside the model directory; about 5 000 files fit.",
  },
});
