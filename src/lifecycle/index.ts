// What may happen to a release and who decides it: the policy, the promotion chain, gates, champions, and what a release
// may be used for (DESIGN 5.5). Pure: what was read and whose signatures hold is handed in, and so is the time.
// May import `src/errors`, `src/documents`, `src/evidence`, `src/release`, `src/oci`'s digests.

export { findBranches } from "./branches.ts";
export { assembleChain, type Chain } from "./chain.ts";
export type { Sibling } from "./champion.ts";
export { decidePromotion } from "./decide-promotion.ts";
export type * from "./dossier.ts";
export { chainError } from "./errors.ts";
export { keyTimeProblem } from "./key-time.ts";
export type * from "./ledger.ts";
export { maxPolicyBytes, parsePolicy } from "./parse-policy.ts";
export { planJoin } from "./plan-join.ts";
export { planLink } from "./plan-link.ts";
export type { Environment, Pointer, Policy, PolicyIdentity, PolicyMember } from "./policy.ts";
export { policyJsonSchema } from "./policy-schema.ts";
export type {
  Consumer,
  PromotionDecision,
  PromotionRequest,
} from "./promotion-context.ts";
export { provenTimeProblem } from "./proven-time.ts";
export { judgePurpose } from "./purpose.ts";
export type { Purpose, PurposeFinding } from "./purpose-context.ts";
export { lacksEvidence } from "./purpose-evidence.ts";
export { signersOf as releaseSigners } from "./purpose-signature.ts";
