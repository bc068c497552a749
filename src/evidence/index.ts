// What evidence says: in-toto statements, their predicates and the JSON Schemas of those. Pure; how a statement is
// signed and judged is in `src/signing`. May import `src/documents`, `src/release`'s paths and `src/oci`'s digests.

export { buildProvenance } from "./build-provenance.ts";
export { gitMaterial, type Material, placeUri } from "./material.ts";
export {
  type PredicateKind,
  type PublishedPredicate,
  predicateProblem,
  publishedPredicates,
  readPredicate,
} from "./predicate.ts";
export { predicateType } from "./predicate-type.ts";
export type { Review } from "./predicates/approval.ts";
export { fromDigestSet, type Run, type State, statedRun, states, toDigestSet } from "./predicates/parts.ts";
export type { Pin, PointerEvent } from "./predicates/pointer-event.ts";
export type { Promotion } from "./predicates/promotion.ts";
export type { RollbackPlan } from "./predicates/rollback-plan.ts";
export { checkOf, type Metric, type TestResult } from "./predicates/test-result.ts";
export {
  purposeLevel,
  stageLevel,
  type VerificationSummary,
} from "./predicates/verification-summary.ts";
export { statedTime } from "./stated-time.ts";
export {
  encodeSignatureStatement,
  encodeStatement,
  evidenceType,
  isAbout,
  parseStatement,
  type Statement,
} from "./statement.ts";
