// OpenSSF model signatures (OMS specification v1.0): of the files of a release, for whoever has nothing but the files.
// `statement.ts` and `judge-oms.ts` are pure. May import what `src/signing` may.

export { attachOms } from "./attach-oms.ts";
export { findOms, requireOms } from "./find-oms.ts";
export { isOmsOf } from "./judge-oms.ts";
export { omsFile, omsPredicateType, requireSignable } from "./statement.ts";
