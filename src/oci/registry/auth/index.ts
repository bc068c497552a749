// Who we are to a registry: what it asks for (`challenge.ts`, `realm.ts`), the credentials that docker and podman keep
// (`find-credentials.ts`), and tokens with their lives (`authorizer.ts`, `grant.ts`). Secrets leave this folder in
// headers and bodies of requests only. May import `src/errors`, and from `http/` what says where and when to ask.

export { Authorizer } from "./authorizer.ts";
export { authError } from "./errors.ts";
export { findCredentials, type LocatedCredentials } from "./find-credentials.ts";
export type { Scope } from "./scope.ts";
