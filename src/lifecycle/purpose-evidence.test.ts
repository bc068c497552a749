import { describe, expect, it } from "vitest";
import type { State } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import type { Chain } from "./chain.ts";
import { decidePromotion } from "./decide-promotion.ts";
import type { Dossier } from "./dossier.ts";
import { contextOf, dossierOf, evidence, linkAfter, now, policyOf, signer } from "./fixtures/release.ts";
import { judgePurpose } from "./purpose.ts";
import type { Purpose } from "./purpose-context.ts";
import { lacksEvidence } from "./purpose-evidence.ts";

const gateless = { gates: ["owner"] };
const policy = policyOf({ transitions: { staging: gateless, production: gateless, retired: gateless } });
const signature = evidence("cosignSignature", {}, signer("builder"));
const result = evidence("testResult", { result: "PASSED" }, signer("evaluator"));
const waiver = evidence("waiver", { gate: "scan" }, signer("platform-lead"));

/** A release in a state that stands on a result and on a waiver. */
function chainTo(state: "staging" | "production"): Chain {
  const first = linkAfter(undefined, "staging", state === "staging" ? standing() : {});
  const links = state === "staging" ? [first] : [first, linkAfter(first, "production", standing())];
  return { links, state, head: links.at(-1)?.statement, uncopied: [] };
}

function standing() {
  return {
    evidence: [
      { gate: "owner", finding: "owned" },
      { gate: "evaluation", statement: result.statement, finding: "passed" },
    ],
    waivers: [
      {
        gate: "scan",
        statement: waiver.statement,
        signer: waiver.signer.fingerprint,
        role: "platform-lead",
        reason: "no scanner",
        until: "2026-12-31T00:00:00Z",
      },
    ],
  };
}

const whole = dossierOf({ evidence: [signature, result, waiver] });
const without = (statement: string, more: Partial<Dossier> = {}) =>
  dossierOf({ evidence: whole.evidence.filter((one) => one.statement !== statement), ...more });

function judge(
  purpose: Purpose,
  dossier: Dossier,
  { state = "production", to }: { readonly state?: "staging" | "production"; readonly to?: State } = {},
) {
  const environment = {
    name: "live",
    states: ["production" as const],
    movers: ["platform-lead"],
    repository: undefined,
    branch: undefined,
    pointers: [],
  };
  const chain = chainTo(state);
  const context = { dossier, chain, policy, environment, held: [], siblings: [], consumers: [], now };
  return judgePurpose(purpose, { ...context, ...(to && { to }) });
}

describe.each([
  ["a result", result],
  ["a waiver", waiver],
])("%s that the last link stands on and that is gone", (_, lost) => {
  it.each<[Purpose, string | undefined]>([
    ["deploy", "EVIDENCE_LOST"],
    ["rollback", "EVIDENCE_LOST"],
    ["serve", undefined],
    ["audit", undefined],
  ])("for %s: %s", (purpose, code) => {
    const { refusal, findings } = judge(purpose, without(lost.statement));
    expect(refusal?.code).toBe(code);
    const finding = findings.find(({ rule }) => rule === "evidence");
    expect(finding?.finding).toContain(lost.statement);
    expect(finding).toMatchObject(code === undefined ? { ok: true, warning: true } : { ok: false });
    expect(judge(purpose, whole).findings.map(({ rule }) => rule)).not.toContain("evidence");
  });

  it("stops what leads towards use, and not what leads out of it", () => {
    const gone = without(lost.statement);
    expect(judge("promote", whole, { state: "staging" }).refusal).toBeUndefined();
    expect(judge("promote", gone, { state: "staging" }).refusal?.code).toBe("EVIDENCE_LOST");
    expect(judge("promote", gone, { to: "retired" }).refusal).toBeUndefined();
    const decide = (to: State, state: "staging" | "production") =>
      decidePromotion(
        { to, reason: "it leaks", advisory: "ADV-1", retirement: undefined },
        contextOf({ dossier: gone, chain: chainTo(state), policy }),
      ).refusal?.code;
    expect(decide("production", "staging")).toBe("EVIDENCE_LOST");
    expect(decide("revoked", "staging")).toBeUndefined();
    expect(decide("retired", "production")).toBeUndefined();
  });

  it("is not lost when it is there and its signer is not trusted any more", () => {
    const refused = [{ digest: digestOf("manifest"), statement: lost.statement, why: "its key is not trusted here" }];
    expect(judge("deploy", without(lost.statement, { refused })).refusal).toBeUndefined();
  });

  it("is not known to be lost where only a pack was read, which leaves out what is large", () => {
    const links = { ledger: [], side: [], store: undefined };
    const { refusal, findings } = judge("rollback", without(lost.statement, { links }));
    expect(refusal).toBeUndefined();
    expect(findings).toContainEqual(expect.objectContaining({ rule: "evidence", warning: true }));
  });
});

it("what an earlier link stood on may be gone", () => {
  const first = linkAfter(undefined, "staging", standing());
  const second = linkAfter(first, "production");
  const chain: Chain = { links: [first, second], state: "production", head: second.statement, uncopied: [] };
  expect(lacksEvidence(dossierOf(), chain)).toBe(false);
  expect(lacksEvidence(dossierOf(), { ...chain, links: [first] })).toBe(true);
});
