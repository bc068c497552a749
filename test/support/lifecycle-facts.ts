import { predicateType, toDigestSet } from "../../src/evidence/index.ts";
import type { Digest } from "../../src/oci/index.ts";
import type { Fact } from "./lifecycle-rules.ts";

/** What the model's numbers stand for. */
export interface Names {
  release(place: number): { readonly digest: Digest; readonly version: string };
  statement(id: number): Digest | undefined;
}

/** A fact of the model as the predicate that somebody signs. @param now in milliseconds */
export function signedFact(
  fact: Fact,
  now: number,
  names: Names,
): { type: string; predicate: Record<string, unknown> } {
  const time = new Date(now).toISOString();
  switch (fact.kind) {
    case "signature":
      return { type: predicateType.cosignSignature, predicate: {} };
    case "runbook":
      return {
        type: predicateType.runbook,
        predicate: { uri: "https://wiki.example.com/runbook", onCall: "ml-platform", recordedOn: time },
      };
    case "evaluation":
    case "shadow":
      return { type: predicateType.testResult, predicate: testResult(fact, time, names) };
    case "waiver": {
      const { gate, to, until } = fact;
      const said = { gate, to, reason: "Not yet", waivedOn: time, until: new Date(until).toISOString() };
      return { type: predicateType.waiver, predicate: said };
    }
    case "rollback-plan":
      return { type: predicateType.rollbackPlan, predicate: { plan: planOf(fact.back, names), recordedOn: time } };
    case "approval":
      return { type: predicateType.approval, predicate: { to: fact.to, reason: "Agreed", approvedOn: time } };
  }
}

function planOf(back: number | undefined, names: Names): Record<string, unknown> {
  if (back === undefined) return { kind: "withdraw" };
  const { digest, version } = names.release(back);
  return { kind: "release", subject: digest, version };
}

function testResult(
  { kind, passed, baseline, supersedes }: Extract<Fact, { readonly kind: "evaluation" | "shadow" }>,
  time: string,
  names: Names,
): Record<string, unknown> {
  const compared = baseline === undefined ? undefined : names.release(baseline);
  const replaced = supersedes === undefined ? undefined : names.statement(supersedes);
  // Without a baseline there is a threshold, and with one there is none: what suffices for one is not enough for the other.
  const judged = compared === undefined ? { comparator: ">=", threshold: 0.7 } : { baseline: 0.8 };
  return {
    result: passed ? "PASSED" : "FAILED",
    configuration: [{ name: kind }],
    metrics: [{ name: "seg.dice,none", value: passed ? 0.9 : 0.1, ...judged, passed }],
    ...(compared && { baseline: { digest: toDigestSet(compared.digest), version: compared.version } }),
    ...(replaced && { supersedes: [toDigestSet(replaced)], supersedesReason: "Made again" }),
    evaluatedOn: time,
  };
}
