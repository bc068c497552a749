// One repository of a registry as a store (distribution-spec 1.1): `http/` decides how a request goes, `wire/` carries what
// is short, `transfer/` moves files in threads, `auth/` has the credentials, `probe/` finds out what a registry does, and
// each other file is one thing that is asked of it. May import `src/errors`, `src/content`, and `src/oci`'s own vocabulary.
// Loaded only when a reference names a registry.

export { openRegistry } from "./open-registry.ts";
export { connectService } from "./service-client.ts";
export { UploadJournal } from "./upload-journal.ts";
