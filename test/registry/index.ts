// An OCI registry for tests, in their own process: it follows distribution-spec 1.1, records what it is asked, and
// goes wrong where a rule says so. `profiles/` makes it behave as real registries do. Knows nothing of `src/`, so that
// both read the specification for themselves.

export { TestRegistry } from "./test-registry.ts";
