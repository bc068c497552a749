// What is known about a release, put together: the policy's keys, the release's manifest and metadata, the evidence
// attached to it, and its promotion chain, from a store, a ledger, or the evidence pack that lies in Git. Every
// signature is checked here; what the evidence means is decided in `src/lifecycle`.
// May import `src/errors`, `src/oci`, `src/release`, `src/evidence`, `src/signing`, `src/formats`, `src/lifecycle`.

export { EvidencePack } from "./evidence-pack.ts";
export { judgePolicyTrust, rootsIn, tryPolicy } from "./probe/probe-policy.ts";
export { type PromotionOutcome, promoteRelease } from "./promote-release.ts";
export { readDossier } from "./read-dossier.ts";
export { readPolicy } from "./read-policy.ts";
export { readSiblings } from "./read-siblings.ts";
export { resolveChain } from "./resolve-chain.ts";
export { type PolicyInForce, readSituation, type Situation } from "./situation.ts";
export type { Trust } from "./trust.ts";
