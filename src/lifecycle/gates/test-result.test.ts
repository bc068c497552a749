import { describe, expect, it } from "vitest";
import type { Digest } from "../../oci/index.ts";
import { championOf } from "../champion.ts";
import type { Evidence, Signer } from "../dossier.ts";
import {
  chainOf,
  contextOf,
  dossierOf,
  evidence,
  hoursAgo,
  now,
  otherRelease,
  release,
  signer,
} from "../fixtures/release.ts";
import { type GateKind, usualSigners } from "../gate-kinds.ts";
import { judgeGate } from "../judge-gate.ts";
import type { Gate } from "../policy.ts";

const champion = otherRelease("2.4.0");
const siblings = [{ ...champion, chain: chainOf(["staging", "production"], champion) }];
const hex = (digest: Digest) => ({ sha256: digest.slice("sha256:".length) });

function result(check: string, more: object = {}, by: Signer = signer("evaluator")): Evidence {
  const said = { result: "PASSED", configuration: [{ name: check }], evaluatedOn: hoursAgo(1), ...more };
  return evidence("testResult", said, by);
}

/** An evaluation against the champion. */
function evaluation(more: object = {}, by?: Signer): Evidence {
  return result("evaluation", { baseline: { digest: hex(champion.subject), version: "2.4.0" }, ...more }, by);
}

interface Setting {
  readonly gate?: Partial<Gate>;
  readonly around?: typeof siblings;
}

function judge(kind: GateKind, statements: readonly Evidence[], { gate: more = {}, around = siblings }: Setting = {}) {
  const gate: Gate = {
    kind,
    name: kind,
    signers: usualSigners[kind] ?? [],
    maxAge: undefined,
    against: kind === "evaluation" ? "champion" : "thresholds",
    predicateType: undefined,
    ...more,
  };
  const context = contextOf({ dossier: dossierOf({ evidence: statements }), siblings: around });
  const request = { to: "staging", reason: undefined, advisory: undefined, retirement: undefined } as const;
  return judgeGate({ ...context, gate, request, champion: championOf(around, release) });
}

describe("a check that passed meets its gate", () => {
  it.each([
    ["scan", result("scan", {}, signer("scanner"))],
    ["scan", result("scan", { evaluatedOn: undefined }, signer("builder"))],
    ["evaluation", evaluation()],
    ["shadow", result("shadow")],
    ["shadow", result("canary")],
  ] as const)("%s %#", (kind, statement) => {
    expect(judge(kind, [statement])).toMatchObject({ outcome: "met", evidence: statement, role: expect.any(String) });
  });
});

describe("a gate is not met", () => {
  const metrics = [{ name: "miou", value: 0.8, passed: true }];

  it.each<[string, "missing" | "failed", string, GateKind, Evidence[], Setting?]>([
    ["without a result", "missing", "no evaluation result by evaluator passed", "evaluation", []],
    ["by another check", "missing", "no evaluation result", "evaluation", [result("canary")]],
    ["by another role", "missing", "(platform-lead)", "evaluation", [evaluation({}, signer("platform-lead"))]],
    [
      "by a result that is malformed",
      "missing",
      "is malformed (configuration: missing)",
      "scan",
      [result("scan", { configuration: undefined }, signer("scanner"))],
    ],
    [
      "by a result that neither passed nor failed",
      "missing",
      "1 neither passed nor failed",
      "evaluation",
      [evaluation({ result: "WARNED", verdict: "incomparable" })],
    ],
    ["by one that failed", "failed", "FAILED", "scan", [result("scan", { result: "FAILED" }, signer("scanner"))]],
    [
      "by one that failed beside one that passed",
      "failed",
      "nothing supersedes it",
      "evaluation",
      [evaluation({ result: "FAILED", evaluatedOn: hoursAgo(9) }), evaluation()],
    ],
    [
      "by one that failed, whose key has run out",
      "failed",
      "FAILED",
      "shadow",
      [
        result("shadow"),
        result("canary", { result: "FAILED" }, signer("evaluator", { name: "old", until: new Date(hoursAgo(5)) })),
      ],
    ],
    [
      "by one that is too old",
      "failed",
      "is older than 24 hours",
      "evaluation",
      [evaluation({ evaluatedOn: hoursAgo(25) })],
      { gate: { maxAge: 86_400_000 } },
    ],
    [
      "by one without a time when its age is limited",
      "failed",
      "does not say when",
      "evaluation",
      [evaluation({ evaluatedOn: undefined })],
      { gate: { maxAge: 86_400_000 } },
    ],
    ["by one from the future", "failed", "in the future", "evaluation", [evaluation({ evaluatedOn: hoursAgo(-1) })]],
    [
      "by a key that has run out",
      "failed",
      "was valid only until",
      "evaluation",
      [evaluation({}, signer("evaluator", { until: now }))],
    ],
    [
      "by a key that was not valid then",
      "failed",
      "is valid only from",
      "evaluation",
      [evaluation({}, signer("evaluator", { from: new Date(hoursAgo(0.5)) }))],
    ],
    [
      "by somebody who also signs releases",
      "failed",
      "also signs releases",
      "evaluation",
      [evaluation({}, signer("evaluator", { roles: ["builder", "evaluator"] }))],
    ],
    [
      "by one that contradicts itself",
      "failed",
      "its verdict is fail",
      "evaluation",
      [evaluation({ verdict: "fail" })],
    ],
    ["without a comparison", "failed", "it names no baseline", "evaluation", [evaluation({ baseline: undefined })]],
    [
      "by a comparison with another release",
      "failed",
      "was compared with 2.3.0, and not with the champion 2.4.0",
      "evaluation",
      [evaluation({ baseline: { digest: hex(otherRelease("2.3.0").subject), version: "2.3.0" } })],
    ],
    [
      "by a first release without thresholds",
      "failed",
      "first release: absolute thresholds are needed",
      "evaluation",
      [evaluation({ metrics })],
      { around: [] },
    ],
    [
      "without thresholds when the policy asks for them",
      "failed",
      "has no metric with a threshold; absolute thresholds are needed",
      "evaluation",
      [evaluation({ metrics })],
      { gate: { against: "thresholds" } },
    ],
    [
      "by a metric that did not pass its threshold",
      "failed",
      "miou did not pass its threshold",
      "evaluation",
      [evaluation({ metrics: [{ name: "miou", value: 0.1, comparator: ">=", threshold: 0.7, passed: false }] })],
      { around: [] },
    ],
    [
      "by a shadow run that was not compared as asked",
      "failed",
      "it names no baseline",
      "shadow",
      [result("shadow")],
      { gate: { against: "champion" } },
    ],
  ])("%s (%s)", (_, outcome, finding, kind, statements, setting) => {
    const found = judge(kind, statements, setting);
    expect(found.outcome).toBe(outcome);
    expect(found.finding).toContain(finding);
    expect(found.remedy).toContain("slipway");
  });
});

describe("a comparison", () => {
  const metrics = [{ name: "miou", value: 0.8, comparator: ">=", threshold: 0.7, passed: true }];

  it("is with absolute thresholds for a first release, and says so", () => {
    const found = judge("evaluation", [result("evaluation", { metrics })], { around: [] });
    expect(found.outcome).toBe("met");
    expect(found.finding).toContain("first release: absolute thresholds, 1 of 1 met");
  });

  it("is with absolute thresholds when every champion is gone, and does not call that a first release", () => {
    const around = [{ ...champion, chain: chainOf(["staging", "production", "revoked"], champion) }];
    const found = judge("evaluation", [result("evaluation", { metrics })], { around });
    expect(found.finding).toContain("no champion in production: absolute thresholds, 1 of 1 met");
  });

  it("is with the champion that is one now", () => {
    expect(judge("evaluation", [evaluation()]).finding).toContain("compared with the champion 2.4.0");
  });

  it("takes the newest of several that passed", () => {
    const newest = evaluation({ evaluatedOn: hoursAgo(0.5) });
    expect(judge("evaluation", [evaluation(), newest, evaluation({ evaluatedOn: hoursAgo(3) })]).evidence).toBe(newest);
  });
});

describe("a failed result stands until a later one supersedes it", () => {
  const failed = evaluation({ result: "FAILED", evaluatedOn: hoursAgo(9) });
  const naming = (...names: Evidence[]) => ({
    supersedes: names.map(({ statement }) => hex(statement)),
    supersedesReason: "r",
  });

  it("which one that passed may", () => {
    expect(judge("evaluation", [failed, evaluation(naming(failed))]).outcome).toBe("met");
  });

  it("which one that warned may, and then one that passed is still needed", () => {
    const warned = evaluation({ result: "WARNED", ...naming(failed) });
    expect(judge("evaluation", [failed, warned]).outcome).toBe("missing");
    expect(judge("evaluation", [failed, warned, evaluation()]).outcome).toBe("met");
  });

  it("which a canary may for a shadow run", () => {
    const shadow = result("shadow", { result: "FAILED" });
    expect(judge("shadow", [shadow, result("canary", naming(shadow))]).outcome).toBe("met");
  });

  it.each([
    ["another check", result("shadow", naming(failed))],
    ["another role", evaluation(naming(failed), signer("platform-lead"))],
    [
      "a key that has run out",
      evaluation(naming(failed), signer("evaluator", { name: "old", until: new Date(hoursAgo(0.1)) })),
    ],
    ["a time in the future", evaluation({ ...naming(failed), evaluatedOn: hoursAgo(-1) })],
    [
      "somebody who signs releases",
      evaluation(naming(failed), signer("evaluator", { name: "b", roles: ["builder", "evaluator"] })),
    ],
  ])("which %s cannot do", (_, other) => {
    expect(judge("evaluation", [failed, evaluation(), other])).toMatchObject({ outcome: "failed", evidence: failed });
  });

  it("which one that is superseded itself cannot do", () => {
    const first = evaluation(naming(failed));
    const second = evaluation({ ...naming(first), evaluatedOn: hoursAgo(0.5) });
    expect(judge("evaluation", [failed, first, second])).toMatchObject({ outcome: "failed", evidence: failed });
    const both = evaluation({ ...naming(first, failed), evaluatedOn: hoursAgo(0.5) });
    expect(judge("evaluation", [failed, first, both])).toMatchObject({ outcome: "met", evidence: both });
  });

  it("and one that failed and is superseded by one that failed leaves that one standing", () => {
    const again = evaluation({ result: "FAILED", ...naming(failed) });
    expect(judge("evaluation", [failed, again, evaluation()])).toMatchObject({ outcome: "failed", evidence: again });
  });
});
