import type { Sibling } from "../champion.ts";
import type { Evidence } from "../dossier.ts";
import type { Gate } from "../policy.ts";
import type { PromotionContext, PromotionRequest } from "../promotion-context.ts";

/** What a gate is judged on. */
export interface GateContext extends PromotionContext {
  readonly gate: Gate;
  readonly request: PromotionRequest;
  readonly champion: Sibling | undefined;
}

/** What a gate came to by itself; whether it is waived is asked afterwards. */
export interface GateVerdict {
  /** `failed`: what was found speaks against it; `missing`: nothing was found that counts. */
  readonly outcome: "met" | "missing" | "failed";
  /** One line. */
  readonly finding: string;
  readonly remedy?: string;
  readonly evidence?: Evidence;
  readonly role?: string;
}

/** Accepted evidence, and the role that its signer has for this gate. */
interface Proof {
  readonly evidence: Evidence;
  readonly role: string;
}

export function met(finding: string, proof?: Proof): GateVerdict {
  return { outcome: "met", finding, ...(proof && { evidence: proof.evidence, role: proof.role }) };
}

export function missing(finding: string, remedy: string): GateVerdict {
  return { outcome: "missing", finding, remedy };
}

export function failed(finding: string, remedy: string, proof?: Proof): GateVerdict {
  return { outcome: "failed", finding, remedy, ...(proof && { evidence: proof.evidence, role: proof.role }) };
}
