import type { Policy } from "../../lifecycle/index.ts";
import type { Finding } from "../../oci/index.ts";
import { failed, type Heard, hear, type PlacedRoot, type SigningFindings } from "../../signing/index.ts";
import { readPolicy } from "../read-policy.ts";
import type { Trust } from "../trust.ts";
import { judgeMembers, judgePolicy, judgeRoles } from "./members.ts";
import { judgeTimes } from "./proven-times.ts";
import { judgeRole } from "./signer-role.ts";

/** What came of reading a policy, with its keys and its trusted root. */
export type PolicySeen = Heard<{ readonly policy: Policy; readonly trust: Trust }>;

/** Reads a policy, whatever is wrong with it. @param path absolute */
export function tryPolicy(path: string, signal: AbortSignal): Promise<PolicySeen> {
  return hear(signal, () => readPolicy(path));
}

/** The trusted root of a policy, for those who look at roots. */
export function rootsIn(seen: PolicySeen): readonly PlacedRoot[] {
  const root = "said" in seen ? seen.said.trust.signers.root : undefined;
  return root === undefined ? [] : [{ place: "policy", root }];
}

/** What a policy means for whoever would sign, and for everybody else in it. */
export function judgePolicyTrust(
  seen: PolicySeen,
  { signatories, services }: Pick<SigningFindings, "signatories" | "services">,
  now: Date,
): readonly Finding[] {
  if ("failure" in seen) return [failed("policy", seen.failure, "Nothing can be promoted or verified with it")];
  const { policy, trust } = seen.said;
  const signs = signatories.length > 0 || services.fulcio;
  const times = signs ? judgeTimes(policy, services) : undefined;
  return [
    judgePolicy(policy),
    ...(signs ? [judgeRole(signatories, policy, trust, now)] : []),
    ...(times === undefined ? [] : [times]),
    judgeMembers(policy, now),
    judgeRoles(policy, now),
  ];
}
