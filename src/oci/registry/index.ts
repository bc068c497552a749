// One repository of a registry as a store (distribution-spec 1.1): `http/` moves requests, `auth/` has the credentials, and
// each other file one thing that is asked of a registry. May import `src/errors`, `src/content`, and `src/oci`'s own
// vocabulary. Loaded only when a reference names a registry.

export { openRegistry } from "./open-registry.ts";
export { UploadJournal } from "./upload-journal.ts";
