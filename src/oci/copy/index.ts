// Copying a release with all its evidence from one store into another: `find-closure` finds what belongs to it, the `plan`
// files decide what goes where and in which order without touching anything, `copy` does it. Knows stores as ports only,
// no registry and no layout. May import `src/errors`, `src/content`, and `src/oci`'s own vocabulary.

export { type Copied, type CopyReport, copy } from "./copy.ts";
export { encodeLegacy, imageConfig, planLegacy } from "./plan-legacy.ts";
