import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";

/** It is said why. */
export function judgeReason({ request: { reason } }: GateContext): GateVerdict {
  if (reason !== undefined && reason.trim() !== "") return met(reason);
  return missing("no reason was given", "Give a reason in one line.");
}

/** It is said what the revocation refers to. */
export function judgeAdvisory({ request: { advisory } }: GateContext): GateVerdict {
  if (advisory !== undefined && advisory.trim() !== "") return met(advisory);
  return missing("no advisory was named", "Name the advisory that consumers can read, best as a URL.");
}
