import type { GateContext, GateVerdict } from "./gate.ts";
import { anyStandard, comparison } from "./standard.ts";
import { judgeTestResults } from "./test-result.ts";

/** The release was scanned and passed. */
export function judgeScan(context: GateContext): GateVerdict {
  return judgeTestResults(context, {
    checks: ["scan"],
    standard: anyStandard,
    remedy: "Scan the release with `slipway scan`.",
  });
}

/** The release was evaluated and is good enough. */
export function judgeEvaluation(context: GateContext): GateVerdict {
  return judgeTestResults(context, {
    checks: ["evaluation"],
    standard: comparison(context),
    remedy: "Evaluate the release with `slipway eval-gate`.",
  });
}

/** The release ran beside the champion, or on a part of the traffic, and passed. */
export function judgeShadow(context: GateContext): GateVerdict {
  return judgeTestResults(context, {
    checks: ["shadow", "canary"],
    standard: context.gate.against === "champion" ? comparison(context) : anyStandard,
    remedy: "Run the release in shadow or as a canary and record the result with `slipway attest --type shadow`.",
  });
}
