import { describe, expect, it } from "vitest";
import type { State } from "../../evidence/index.ts";
import { decidePromotion } from "../decide-promotion.ts";
import type { Evidence, Signer } from "../dossier.ts";
import { contextOf, dossierOf, evidence, hoursAgo, now, policyOf, signer } from "../fixtures/release.ts";
import type { GateFinding } from "../promotion-context.ts";

const rule = { signers: ["platform-lead"], until: "2027-01-01T00:00:00Z", reason: "not there yet" };
const parsed = policyOf({
  waivers: [
    { gate: "scan", ...rule },
    { gate: "owner", ...rule },
    { gate: "reason", ...rule },
  ],
  transitions: { staging: { gates: ["owner", "signature", "scan"] }, archived: { gates: ["reason"] } },
});
// A file that says this is refused; what decides does not count on it.
const always = { gate: "signature", signers: rule.signers, until: new Date(rule.until), reason: rule.reason };
const policy = { ...parsed, waivers: [...parsed.waivers, always] };

const waived = (more: object = {}, by: Signer = signer("platform-lead")) =>
  evidence(
    "waiver",
    { gate: "scan", to: "staging", reason: "urgent", waivedOn: hoursAgo(1), until: hoursAgo(-48), ...more },
    by,
  );

function judge(gate: string, statements: readonly Evidence[], to: State = "staging"): GateFinding {
  const context = contextOf({ policy, dossier: dossierOf({ evidence: statements, owner: "vision" }) });
  const { gates } = decidePromotion({ to, reason: undefined, advisory: undefined, retirement: undefined }, context);
  const found = gates.find((one) => one.gate === gate);
  if (found === undefined) throw new Error(`no gate ${gate}`);
  return found;
}

describe("a gate", () => {
  it("is waived by a signer, for a state, until a date, with a reason; all of which is said", () => {
    const waiver = waived();
    const found = judge("scan", [waiver]);
    expect(found).toMatchObject({
      outcome: "waived",
      waiver,
      role: "platform-lead",
      remedy: undefined,
      evidence: undefined,
    });
    expect(found.finding).toMatch(/^waived by "platform-lead-key" \(platform-lead\) until .*: urgent; no scan result/);
  });

  it("is waived also when it failed", () => {
    const failure = evidence("testResult", { result: "FAILED", configuration: [{ name: "scan" }] }, signer("scanner"));
    const found = judge("scan", [failure, waived()]);
    expect(found.outcome).toBe("waived");
    expect(found.finding).toContain("FAILED");
  });

  it("is met, not waived, when it is met", () => {
    expect(judge("owner", [waived({ gate: "owner" })])).toMatchObject({ outcome: "met", waiver: undefined });
  });

  it.each<[string, string, Evidence, (State | undefined)?]>([
    ["by another role", "the policy lets platform-lead waive it", waived({}, signer("scanner"))],
    ["for another gate", "", waived({ gate: "owner" })],
    ["for another state", "", waived({ to: "production" })],
    ["after it ran out", "ran out on", waived({ until: now.toISOString() })],
    [
      "for longer than the policy allows",
      "and the policy allows 2027-01-01T00:00:00.000Z at most (not there yet)",
      waived({ until: "2027-01-01T00:00:01Z" }),
    ],
    ["from the future", "in the future", waived({ waivedOn: hoursAgo(-1) })],
    ["by a key that has run out", "was valid only until", waived({}, signer("platform-lead", { until: now }))],
    [
      "by a key that was not valid then",
      "is valid only from",
      waived({}, signer("platform-lead", { from: new Date(hoursAgo(0.5)) })),
    ],
    ["by a statement that is malformed", "", waived({ reason: undefined })],
  ])("is not waived %s", (_, finding, waiver) => {
    const found = judge("scan", [waiver]);
    expect(found).toMatchObject({ outcome: "missing", waiver: undefined });
    expect(found.finding).toContain(finding);
  });

  it("is waived by one that counts among others that do not", () => {
    expect(judge("scan", [waived({ until: hoursAgo(1) }), waived()]).outcome).toBe("waived");
  });

  it("is waived until the last moment that the policy allows", () => {
    expect(judge("scan", [waived({ until: "2027-01-01T00:00:00Z" })]).outcome).toBe("waived");
  });

  it("is never waived when it is the signature or one of revoked, whatever the rules are", () => {
    expect(judge("signature", [waived({ gate: "signature" })])).toMatchObject({ outcome: "missing" });
    expect(judge("reason", [waived({ gate: "reason", to: "revoked" })], "revoked")).toMatchObject({
      outcome: "missing",
    });
  });
});
