import { describe, expect, it } from "vitest";
import type { State } from "../../evidence/index.ts";
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
  statementOf,
} from "../fixtures/release.ts";
import { type GateKind, usualSigners } from "../gate-kinds.ts";
import { judgeGate } from "../judge-gate.ts";
import type { Gate } from "../policy.ts";
import type { PromotionContext } from "../promotion-context.ts";

const privacy = "https://example.com/privacy-review/v1";

function judge(
  kind: GateKind,
  statements: readonly Evidence[],
  context: Partial<PromotionContext> = {},
  to: State = "retired",
) {
  const signers = usualSigners[kind] ?? ["security"];
  const gate: Gate = { kind, name: kind, signers, maxAge: undefined, against: "thresholds", predicateType: privacy };
  const full = contextOf({ dossier: dossierOf({ evidence: statements }), ...context });
  const request = { to, reason: undefined, advisory: undefined, retirement: undefined };
  return judgeGate({ ...full, gate, request, champion: championOf(full.siblings, release) });
}

const recordedOn = hoursAgo(1);
const approval = (by: Signer, more: object = {}) =>
  evidence("approval", { to: "retired", reason: "agreed", approvedOn: recordedOn, ...more }, by);
const runbook = (by: Signer, more: object = {}) =>
  evidence("runbook", { uri: "https://example.com/r", onCall: "team-vision", recordedOn, ...more }, by);
const signature = (by: Signer, predicate: Readonly<Record<string, unknown>> = {}) =>
  evidence("cosignSignature", predicate, by);
const review = (by: Signer) => statementOf(privacy, { anything: true }, by);

const roleOf = {
  signature: "builder",
  approval: "platform-lead",
  runbook: "mlops-engineer",
  statement: "security",
} as const;
const make = { signature, approval, runbook, statement: review };
const kinds = ["signature", "approval", "runbook", "statement"] as const;

describe.each(kinds)("%s", (kind) => {
  const role = roleOf[kind];

  it("is met by a signer in the role, and says which", () => {
    const statement = make[kind](signer(role));
    const found = judge(kind, [make[kind](signer("nobody")), statement]);
    expect(found).toMatchObject({ outcome: "met", evidence: statement, role, remedy: undefined });
    expect(found.finding).toContain(`by "${role}-key" (${role})`);
  });

  it("is missing without a statement", () => {
    const found = judge(kind, []);
    expect(found).toMatchObject({ outcome: "missing", evidence: undefined });
    expect(found.remedy).toContain("slipway");
  });

  it("is missing when another role signed, and says who", () => {
    const found = judge(kind, [make[kind](signer("scanner"))]);
    expect(found.outcome).toBe("missing");
    expect(found.finding).toContain('is by "scanner-key" (scanner)');
  });

  it.each([
    ["that has run out", { until: now }],
    ["that is not valid yet", { from: new Date(now.getTime() + 1) }],
  ])("is missing when it was signed by a key %s", (_, validity) => {
    const found = judge(kind, [make[kind](signer(role, validity))]);
    expect(found.outcome).toBe("missing");
    expect(found.finding).toMatch(/valid (?:only )?(?:from|only until|until)/);
  });
});

describe("times", () => {
  const valid = signer("platform-lead", { from: new Date(hoursAgo(2)) });

  it.each([
    ["before its key was valid", valid, hoursAgo(3), "missing"],
    ["while its key was valid", valid, hoursAgo(1), "met"],
    ["in the future", signer("platform-lead"), hoursAgo(-0.1), "missing"],
    ["by a clock that is a little fast", signer("platform-lead"), hoursAgo(-0.05), "met"],
  ])("an approval made %s", (_, by, approvedOn, outcome) => {
    expect(judge("approval", [approval(by, { approvedOn })]).outcome).toBe(outcome);
  });
});

describe("malformed statements count as not there, and are mentioned", () => {
  it.each([
    ["signature", signature(signer("builder"), { result: "FAILED" })],
    ["approval", approval(signer("platform-lead"), { approvedOn: "yesterday" })],
    ["runbook", runbook(signer("mlops-engineer"), { onCall: undefined })],
    ["rollback-plan", evidence("rollbackPlan", { plan: { kind: "pray" }, recordedOn }, signer("mlops-engineer"))],
  ] as const)("%s", (kind, statement) => {
    const found = judge(kind, [statement]);
    expect(found.outcome).toBe("missing");
    expect(found.finding).toContain("is malformed (");
  });
});

it("a signature by somebody who also evaluates does not count", () => {
  const both = signer("builder", { roles: ["builder", "evaluator"] });
  expect(judge("signature", [signature(both)])).toMatchObject({ outcome: "missing" });
});

describe("an approval", () => {
  const lead = signer("platform-lead");

  it("of another state does not count", () => {
    const found = judge("approval", [approval(lead, { to: "production" })]);
    expect(found).toMatchObject({ outcome: "missing" });
    expect(found.finding).toContain("one approves production");
  });

  it("by who promotes does not count, and by a second person does", () => {
    const other = signer("platform-lead", { name: "pat" });
    expect(judge("approval", [approval(lead)], { actor: lead })).toMatchObject({ outcome: "missing" });
    expect(judge("approval", [approval(lead), approval(other)], { actor: lead })).toMatchObject({
      outcome: "met",
      evidence: { signer: { name: "pat" } },
    });
  });
});

describe("a rollback plan", () => {
  const lead = signer("platform-lead");
  const champion = otherRelease("2.4.0");
  const old = otherRelease("2.3.0");
  const staged = otherRelease("2.2.0");
  const other = otherRelease("2.4.0", "orin");
  const siblings = [
    { ...champion, chain: chainOf(["staging", "production"], champion) },
    { ...old, chain: chainOf(["staging", "production", "retired"], old) },
    { ...staged, chain: chainOf(["staging"], staged) },
    { ...other, chain: chainOf(["staging", "production"], other) },
    { ...release, chain: chainOf(["staging", "production"]) },
  ];
  const plan = (plan: object, on = recordedOn) => evidence("rollbackPlan", { plan, recordedOn: on }, lead);
  const backTo = ({ subject, version }: { subject: string; version: string }) => ({
    kind: "release",
    subject,
    version,
  });

  it.each([
    ["the champion", backTo(champion), siblings, "met", "back to 2.4.0"],
    ["a retired release", backTo(old), siblings, "met", "back to 2.3.0"],
    ["one that never was in production", backTo(staged), siblings, "failed", "which is staging"],
    ["another variant", backTo(other), siblings, "failed", "which is no known release of retina/seg jetson"],
    ["the release itself", backTo(release), siblings, "failed", "which is this release itself"],
    ["a release that is not known", backTo(otherRelease("1.0.0")), siblings, "failed", "which is no known release"],
    [
      "a version that the subject is not",
      backTo({ ...champion, version: "2.3.9" }),
      siblings,
      "failed",
      "that subject is version 2.4.0",
    ],
    ["nothing, beside a champion", { kind: "withdraw" }, siblings, "failed", "there is 2.4.0 to go back to"],
    ["nothing, as the first release", { kind: "withdraw" }, [], "met", "withdraw"],
  ])("to %s", (_, what, around, outcome, finding) => {
    const found = judge("rollback-plan", [plan(what)], { siblings: around }, "production");
    expect(found.outcome).toBe(outcome);
    expect(found.finding).toContain(finding);
    expect(found.evidence).toBeDefined();
  });

  it("is the one that was recorded last", () => {
    const earlier = plan(backTo(champion), hoursAgo(9));
    const found = judge("rollback-plan", [earlier, plan(backTo(staged))], { siblings }, "production");
    expect(found.outcome).toBe("failed");
    expect(judge("rollback-plan", [], { siblings }, "production").outcome).toBe("missing");
  });
});
