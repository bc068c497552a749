import { describe, expect, it } from "vitest";
import { predicateProblem, predicateType, type State } from "../evidence/index.ts";
import { assembleChain } from "./chain.ts";
import { decidePromotion } from "./decide-promotion.ts";
import type { Evidence, Link } from "./dossier.ts";
import {
  chainOf,
  contextOf,
  dossierOf,
  evidence,
  hoursAgo,
  linksTo,
  now,
  otherRelease,
  policyOf,
  release,
  signer,
} from "./fixtures/release.ts";
import { planLink } from "./plan-link.ts";
import type { PromotionContext, PromotionRequest } from "./promotion-context.ts";

const run = { id: "7", attempt: 1, url: "https://ci.example.com/7" };
const metrics = [{ name: "miou", value: 0.8, comparator: ">=", threshold: 0.7, passed: true }];
const at = { evaluatedOn: hoursAgo(1) };

const staged: readonly Evidence[] = [
  evidence("cosignSignature", {}, signer("builder")),
  evidence("testResult", { result: "PASSED", configuration: [{ name: "scan" }], ...at }, signer("scanner")),
  evidence(
    "testResult",
    { result: "PASSED", configuration: [{ name: "evaluation" }], metrics, ...at },
    signer("evaluator"),
  ),
];
const proven: readonly Evidence[] = [
  ...staged,
  evidence("testResult", { result: "PASSED", configuration: [{ name: "canary" }], ...at }, signer("evaluator")),
  evidence("rollbackPlan", { plan: { kind: "withdraw" }, recordedOn: hoursAgo(1) }, signer("platform-lead")),
  evidence("runbook", { uri: "u", onCall: "team", recordedOn: hoursAgo(1) }, signer("mlops-engineer")),
];

function ask(to: State, more: Partial<PromotionRequest> = {}): PromotionRequest {
  return { to, reason: undefined, advisory: undefined, retirement: undefined, ...more };
}

function decide(to: State, context: Partial<PromotionContext>, more: Partial<PromotionRequest> = {}) {
  return decidePromotion(ask(to, more), contextOf(context));
}

describe("a promotion", () => {
  it("is allowed when every gate is met and the actor has a role", () => {
    const actor = signer("mlops-engineer");
    const decision = decide("staging", { dossier: dossierOf({ evidence: staged }), actor });
    expect(decision.refusal).toBeUndefined();
    expect(decision).toMatchObject({
      from: "experimental",
      to: "staging",
      role: "mlops-engineer",
      champion: undefined,
    });
    expect(decision.gates.map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual([
      "owner met",
      "lineage met",
      "model-card met",
      "signature met",
      "scan met",
      "evaluation met",
    ]);
    expect(decision.mayAuthorise).toEqual([{ role: "mlops-engineer", keys: ["mlops-engineer-key"] }]);
  });

  it("is planned without an actor, and lists every gate that is not met", () => {
    const decision = decide("staging", { dossier: dossierOf({ owner: undefined, evidence: staged.slice(0, 1) }) });
    expect(decision.refusal).toMatchObject({ code: "GATE_UNMET", family: "refused" });
    expect(decision.refusal?.message).toBe(
      "retina/seg 2.4.1 jetson lacks 3 of 6 gates to staging: owner, scan, evaluation",
    );
    expect(decision.refusal?.details).toEqual([
      expect.stringMatching(/^owner: the manifest names no owner; Write `owner`/),
      expect.stringMatching(/^scan: no scan result by scanner or builder passed; Scan/),
      expect.stringMatching(/^evaluation: no evaluation result by evaluator passed; Evaluate/),
    ]);
    expect(decision.role).toBeUndefined();
  });

  it("to the state that the release has is no refusal, and has no gates", () => {
    const decision = decide("staging", { chain: chainOf(["staging"]), actor: signer("security") });
    expect(decision).toMatchObject({ from: "staging", to: "staging", gates: [], refusal: undefined });
    expect(decide("experimental", {})).toMatchObject({ gates: [], refusal: undefined });
  });

  it.each<[State, State[], string]>([
    ["production", [], "a release goes from experimental to staging or revoked, not to production"],
    ["experimental", ["staging"], "a release goes from staging to production or revoked, not to experimental"],
    ["staging", ["staging", "production"], "a release goes from production to retired or revoked, not to staging"],
    ["archived", ["revoked"], "a revoked release stays revoked and cannot become archived"],
    [
      "retired",
      ["staging", "production", "retired", "archived"],
      "a release goes from archived to revoked, not to retired",
    ],
  ])("to %s after %j is not allowed", (to, states, text) => {
    // The transition comes first, whoever asks; and its gates are listed all the same.
    const { refusal, gates } = decide(to, { chain: chainOf(states), actor: signer("builder") });
    expect(refusal).toMatchObject({ code: "TRANSITION_NOT_ALLOWED", message: expect.stringContaining(text) });
    expect(gates.length > 0).toBe(to !== "experimental");
  });

  it.each([
    [
      "another role",
      signer("builder"),
      "has the role builder; retina/seg 2.4.1 jetson is promoted to staging by mlops-engineer (mlops-engineer-key)",
    ],
    ["a key that has run out", signer("mlops-engineer", { until: now }), "was valid only until"],
    [
      "a key that is not valid yet",
      signer("mlops-engineer", { from: new Date(now.getTime() + 1) }),
      "is valid only from",
    ],
  ])("by %s needs somebody else, whatever the gates say", (_, actor, text) => {
    const { refusal, gates } = decide("staging", { actor });
    expect(refusal).toMatchObject({ code: "ROLE_REQUIRED", message: expect.stringContaining(text) });
    expect(gates.some(({ outcome }) => outcome === "missing")).toBe(true);
  });

  it("that nobody may authorise says so", () => {
    const bare = { ...policyOf(), roles: new Map() };
    const { refusal, mayAuthorise } = decide("staging", { policy: bare, actor: signer("builder") });
    expect(mayAuthorise).toEqual([{ role: "mlops-engineer", keys: [] }]);
    expect(refusal?.message).toContain("by mlops-engineer (no key that is valid now)");
  });

  it("takes the first of the policy's roles that the actor has", () => {
    const actor = signer("x", { roles: ["platform-lead", "mlops-engineer"] });
    const chain = chainOf(["staging", "production", "retired"]);
    expect(decide("archived", { actor, chain }).role).toBe("mlops-engineer");
  });
});

describe("a link of a decision", () => {
  const actor = signer("platform-lead");

  function plan(to: State, context: PromotionContext, more: Partial<PromotionRequest> = {}) {
    const request = ask(to, more);
    return planLink(decidePromotion(request, context), context, request, run);
  }

  it("says what was decided on what, and extends the chain", () => {
    const links = linksTo(["staging"]);
    const found = { ledger: undefined, side: [], store: links };
    const policy = policyOf({
      waivers: [{ gate: "runbook", signers: ["platform-lead"], until: "2027-01-01T00:00:00Z", reason: "r" }],
    });
    const said = {
      gate: "runbook",
      to: "production",
      reason: "no team yet",
      waivedOn: hoursAgo(1),
      until: hoursAgo(-24),
    };
    const waiver = evidence("waiver", said, signer("platform-lead"));
    const dossier = dossierOf({ evidence: [...proven.slice(0, -1), waiver] });
    const context = contextOf({ dossier, chain: assembleChain(release, found, policy), policy, actor });
    const promotion = plan("production", context, { reason: "the canary went well" });
    expect(promotion).toMatchObject({
      name: "retina/seg",
      version: "2.4.1",
      variant: "jetson",
      sequence: 2,
      from: "staging",
      to: "production",
      previous: [links[0]?.statement],
      policy: policy.digest,
      role: "platform-lead",
      reason: "the canary went well",
      promotedOn: now.toISOString(),
      run,
    });
    expect(promotion.evidence).toEqual([
      {
        gate: "shadow",
        statement: proven[3]?.statement,
        predicateType: predicateType.testResult,
        signer: signer("evaluator").fingerprint,
        role: "evaluator",
        finding: expect.stringContaining("passed by"),
      },
      expect.objectContaining({ gate: "rollback-plan", role: "platform-lead" }),
    ]);
    expect(promotion.waivers).toEqual([
      {
        gate: "runbook",
        statement: waiver.statement,
        signer: actor.fingerprint,
        role: "platform-lead",
        reason: "no team yet",
        until: hoursAgo(-24),
      },
    ]);
    expect(predicateProblem(predicateType.promotion, promotion)).toBeUndefined();
    expect(Object.keys(promotion)).not.toContain("champion");
    const next: Link = { statement: "sha256:0", subject: release.subject, promotion, signer: actor };
    const longer = { ledger: undefined, side: [], store: [...links, next] };
    expect(assembleChain(release, longer, policy).state).toBe("production");
  });

  it("names the champion, and what a retirement promises", () => {
    const champion = otherRelease("2.5.0");
    const siblings = [{ ...champion, chain: chainOf(["staging", "production"], champion) }];
    const approval = evidence(
      "approval",
      { to: "retired", reason: "ok", approvedOn: hoursAgo(1) },
      signer("platform-lead"),
    );
    const sunset = new Date("2027-01-01T00:00:00Z");
    const promotion = plan(
      "retired",
      contextOf({
        siblings,
        actor: signer("model-owner"),
        chain: chainOf(["staging", "production"]),
        dossier: dossierOf({ evidence: [approval] }),
      }),
      { retirement: { replacement: champion.subject, sunset, migration: "move on" } },
    );
    expect(promotion).toMatchObject({
      champion: { subject: champion.subject, version: "2.5.0" },
      retirement: { replacement: champion.subject, sunset: sunset.toISOString(), migration: "move on" },
    });
    expect(predicateProblem(predicateType.promotion, promotion)).toBeUndefined();
  });

  it("holds the advisory of a revocation and no promise", () => {
    const context = contextOf({ actor: signer("security") });
    const promotion = plan("revoked", context, {
      reason: "it leaks",
      advisory: "https://example.com/a/1",
      retirement: { replacement: release.subject, sunset: now, migration: "m" },
    });
    expect(promotion).toMatchObject({
      sequence: 1,
      previous: [],
      reason: "it leaks",
      advisory: "https://example.com/a/1",
    });
    expect(Object.keys(promotion)).not.toContain("retirement");
    expect(predicateProblem(predicateType.promotion, promotion)).toBeUndefined();
  });

  it.each([
    ["GATE_UNMET", "staging", contextOf({ actor: signer("mlops-engineer") })],
    ["ROLE_REQUIRED", "staging", contextOf({ dossier: dossierOf({ evidence: staged }) })],
    ["TRANSITION_NOT_ALLOWED", "staging", contextOf({ chain: chainOf(["staging"]), actor })],
  ] as const)("is not made of a refusal: %s", (code, to, context) => {
    expect(() => plan(to, context)).toThrow(expect.objectContaining({ code }));
  });
});
