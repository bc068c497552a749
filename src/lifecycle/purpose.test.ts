import { describe, expect, it } from "vitest";
import type { State } from "../evidence/index.ts";
import type { Chain } from "./chain.ts";
import type { Signer } from "./dossier.ts";
import {
  chainOf,
  dossierOf,
  evidence,
  hoursAgo,
  linkAfter,
  now,
  otherRelease,
  policyOf,
  release,
  signer,
} from "./fixtures/release.ts";
import type { Environment } from "./policy.ts";
import { judgePurpose } from "./purpose.ts";
import type { Purpose, PurposeContext } from "./purpose-context.ts";

const policy = policyOf({}, { ledger: true });
const signed = (by: Signer = signer("builder")) => dossierOf({ evidence: [evidence("cosignSignature", {}, by)] });
const live = (...states: State[]): Environment => ({
  name: "live",
  states: states.length === 0 ? ["production"] : states,
  movers: ["platform-lead"],
  repository: undefined,
  branch: undefined,
  pointers: [],
});
const lives: Readonly<Record<State, readonly State[]>> = {
  experimental: [],
  staging: ["staging"],
  production: ["staging", "production"],
  retired: ["staging", "production", "retired"],
  archived: ["staging", "production", "retired", "archived"],
  revoked: ["staging", "production", "revoked"],
};

function judge(purpose: Purpose, more: Partial<PurposeContext> = {}) {
  return judgePurpose(purpose, {
    dossier: signed(),
    chain: chainOf(lives.production),
    policy,
    environment: live(),
    held: [],
    siblings: [],
    consumers: [],
    now,
    ...more,
  });
}

const code = (purpose: Purpose, more?: Partial<PurposeContext>) => judge(purpose, more).refusal?.code ?? "allowed";
const inState = (state: State): Partial<PurposeContext> => ({ chain: chainOf(lives[state]) });

describe("the state", () => {
  it.each<[Purpose, Record<State, string>]>([
    [
      "deploy",
      {
        experimental: "STATE_NOT_PERMITTED",
        staging: "STATE_NOT_PERMITTED",
        production: "allowed",
        retired: "STATE_NOT_PERMITTED",
        archived: "STATE_NOT_PERMITTED",
        revoked: "RELEASE_REVOKED",
      },
    ],
    [
      "rollback",
      {
        experimental: "STATE_NOT_PERMITTED",
        staging: "STATE_NOT_PERMITTED",
        production: "allowed",
        retired: "STATE_NOT_PERMITTED",
        archived: "STATE_NOT_PERMITTED",
        revoked: "RELEASE_REVOKED",
      },
    ],
    [
      "serve",
      {
        experimental: "allowed",
        staging: "allowed",
        production: "allowed",
        retired: "allowed",
        archived: "STATE_NOT_PERMITTED",
        revoked: "RELEASE_REVOKED",
      },
    ],
    [
      "audit",
      {
        experimental: "allowed",
        staging: "allowed",
        production: "allowed",
        retired: "allowed",
        archived: "allowed",
        revoked: "allowed",
      },
    ],
  ])("for %s", (purpose, expected) => {
    const states = Object.keys(lives).filter((state): state is State => state in lives);
    expect(Object.fromEntries(states.map((state) => [state, code(purpose, inState(state))]))).toEqual(expected);
  });

  it("staging may be deployed where the environment lists it", () => {
    expect(code("deploy", { ...inState("staging"), environment: live("staging", "production") })).toBe("allowed");
  });

  it("is not permitted anywhere without an environment", () => {
    expect(code("deploy", { environment: undefined })).toBe("STATE_NOT_PERMITTED");
    expect(code("rollback", { environment: undefined })).toBe("STATE_NOT_PERMITTED");
    expect(code("serve", { environment: undefined })).toBe("allowed");
  });

  it("retired warns who serves it", () => {
    const state = judge("serve", inState("retired")).findings.find(({ rule }) => rule === "state");
    expect(state).toMatchObject({ ok: true, warning: true });
  });

  it("revoked is what is refused first, and says why", () => {
    const chain = chainOf([]);
    const link = linkAfter(undefined, "revoked", { reason: "it leaks", advisory: "ADV-1" });
    const more = {
      chain: { ...chain, links: [link], state: "revoked" } as const,
      dossier: dossierOf(),
      held: undefined,
    };
    expect(judge("deploy", more).refusal?.message).toContain("was revoked: it leaks; ADV-1");
  });
});

describe("the signature", () => {
  const expired = signer("builder", { until: new Date(hoursAgo(1)) });

  it.each<[Purpose, string]>([
    ["deploy", "RELEASE_UNSIGNED"],
    ["rollback", "RELEASE_UNSIGNED"],
    ["serve", "RELEASE_UNSIGNED"],
    ["promote", "RELEASE_UNSIGNED"],
    ["audit", "allowed"],
  ])("is needed to %s", (purpose, expected) => {
    const dossiers = [
      dossierOf(),
      signed(signer("evaluator")),
      dossierOf({ evidence: [evidence("cosignSignature", { result: "PASSED" }, signer("builder"))] }),
      signed(signer("builder", { roles: ["builder", "evaluator"] })),
    ];
    for (const dossier of dossiers) expect(code(purpose, { dossier })).toBe(expected);
  });

  it("is needed by a key that is valid now, except for what runs or ran", () => {
    const dossier = signed(expired);
    const [signature] = dossier.evidence;
    if (signature === undefined) throw new Error("no signature");
    const used = (promotedOn: string): Chain => {
      const used = { gate: "signature", statement: signature.statement, finding: "signed" };
      const first = linkAfter(undefined, "staging", { evidence: [used], promotedOn });
      const second = linkAfter(first, "production");
      return { links: [first, second], state: "production", head: second.statement, uncopied: [] };
    };
    expect(code("deploy", { dossier, chain: used(hoursAgo(2)) })).toBe("RELEASE_UNSIGNED");
    expect(code("rollback", { dossier, chain: used(hoursAgo(2)) })).toBe("allowed");
    expect(code("rollback", { dossier, chain: used(hoursAgo(0.5)) })).toBe("RELEASE_UNSIGNED");
    expect(code("rollback", { dossier })).toBe("RELEASE_UNSIGNED");
    expect(code("serve", { dossier })).toBe("allowed");
    expect(judge("serve", { dossier }).findings[0]).toMatchObject({ rule: "signature", ok: true, warning: true });
  });

  it("by a key that has run out takes a rollback when its time is proven within the key's period", () => {
    const at = (hours: number) => {
      const [signature] = signed(expired).evidence;
      if (signature === undefined) throw new Error("no signature");
      const proven = { at: new Date(hoursAgo(hours)), by: "timestamp authority" };
      return { dossier: dossierOf({ evidence: [{ ...signature, proven }] }) };
    };
    expect(code("rollback", at(2))).toBe("allowed");
    expect(code("rollback", at(0.5))).toBe("RELEASE_UNSIGNED");
    expect(code("deploy", at(2))).toBe("RELEASE_UNSIGNED");
  });

  it("needs a proven time where the policy asks for proven times", () => {
    const own = policyOf({ times: "proven", trustedRoot: { mediaType: "any" } });
    const [signature] = signed().evidence;
    if (signature === undefined) throw new Error("no signature");
    const proven = { at: new Date(hoursAgo(1)), by: "transparency log" };
    const vouched = dossierOf({ evidence: [{ ...signature, proven }] });
    expect(judge("deploy", { policy: own }).refusal?.message).toContain("its time is not proven");
    expect(code("deploy", { policy: own, dossier: vouched })).toBe("allowed");
    const used = { gate: "signature", statement: signature.statement, finding: "signed" };
    const link = linkAfter(undefined, "production", { evidence: [used] });
    const chain = (more: object): Chain => ({
      links: [{ ...link, ...more }],
      state: "production",
      head: link.statement,
      uncopied: [],
    });
    expect(code("rollback", { policy: own, chain: chain({}) })).toBe("RELEASE_UNSIGNED");
    expect(code("rollback", { policy: own, chain: chain({ proven }) })).toBe("allowed");
  });

  it("is by the roles of the policy's signature gates", () => {
    const own = policyOf({ transitions: { staging: { gates: [{ signature: { signers: ["security"] } }] } } });
    expect(code("deploy", { policy: own })).toBe("RELEASE_UNSIGNED");
    expect(code("deploy", { policy: own, dossier: signed(signer("security")) })).toBe("allowed");
    const none = policyOf({ transitions: { staging: { gates: ["owner"] } } });
    expect(code("deploy", { policy: none })).toBe("allowed");
  });
});

describe("holds", () => {
  const hold = { subject: release.subject, reason: "rolled back", since: "2026-05-30T00:00:00Z" };
  const other = { ...hold, subject: otherRelease("1.0.0").subject };

  it.each<[Purpose, string, string]>([
    ["deploy", "RELEASE_HELD", "HOLDS_UNREADABLE"],
    ["rollback", "RELEASE_HELD", "HOLDS_UNREADABLE"],
    ["serve", "allowed", "allowed"],
    ["audit", "allowed", "allowed"],
  ])("for %s", (purpose, held, unreadable) => {
    expect(code(purpose, { held: [other, hold] })).toBe(held);
    expect(code(purpose, { held: undefined })).toBe(unreadable);
    expect(code(purpose, { held: [other] })).toBe("allowed");
  });

  it("are shown also where they refuse nothing", () => {
    const finding = judge("serve", { held: [hold] }).findings.find(({ rule }) => rule === "hold");
    expect(finding).toEqual({
      rule: "hold",
      ok: true,
      warning: true,
      finding: "on hold in live since 2026-05-30T00:00:00Z: rolled back",
    });
  });
});

describe("the chain", () => {
  const unfinished = { chain: { ...chainOf(lives.production), uncopied: chainOf(lives.production).links.slice(1) } };

  it.each<[Purpose, string]>([
    ["promote", "CHAIN_DIVERGED"],
    ["deploy", "CHAIN_DIVERGED"],
    ["rollback", "CHAIN_DIVERGED"],
    ["serve", "allowed"],
    ["audit", "allowed"],
  ])("that the store does not have whole is for %s: %s", (purpose, expected) => {
    expect(code(purpose, unfinished)).toBe(expected);
    expect(judge(purpose, unfinished).findings).toContainEqual(expect.objectContaining({ rule: "copies" }));
  });

  it("is shown link by link, with keys that have run out and waivers that were used", () => {
    const by = signer("mlops-engineer", { until: new Date(hoursAgo(1)) });
    const waiver = {
      gate: "scan",
      statement: release.subject,
      signer: by.fingerprint,
      role: "platform-lead",
      reason: "not there yet",
      until: "2026-12-31T00:00:00Z",
    };
    const first = linkAfter(undefined, "staging", { signer: by, waivers: [waiver] });
    const second = linkAfter(first, "production");
    const chain: Chain = { links: [first, second], state: "production", head: second.statement, uncopied: [] };
    const { findings, refusal } = judge("deploy", { chain });
    expect(refusal).toBeUndefined();
    expect(findings).toContainEqual({
      rule: "keys",
      ok: true,
      warning: true,
      finding: "run out since: mlops-engineer-key",
    });
    expect(findings).toContainEqual({
      rule: "waiver",
      ok: true,
      warning: true,
      finding: "scan to staging was waived by platform-lead until 2026-12-31T00:00:00Z: not there yet",
    });
    expect(findings.find(({ rule }) => rule === "chain")?.finding).toContain(
      '1: experimental → staging by "mlops-engineer-key"',
    );
  });

  it("without a ledger says what nobody would notice", () => {
    const { findings } = judge("deploy", { policy: policyOf() });
    expect(findings.find(({ rule }) => rule === "chain")?.finding).toContain("without a ledger");
  });
});

describe("to promote", () => {
  it("judges the gates of the next state, or of the one that is asked for", () => {
    const next = judge("promote", inState("staging"));
    expect(next.refusal).toMatchObject({ code: "GATE_UNMET" });
    expect(next.findings.filter(({ ok }) => !ok).map(({ rule }) => rule)).toEqual([
      "shadow",
      "rollback-plan",
      "runbook",
    ]);
    expect(code("promote", { ...inState("staging"), to: "archived" })).toBe("TRANSITION_NOT_ALLOWED");
    expect(code("promote", { ...inState("staging"), to: "staging" })).toBe("allowed");
    expect(code("promote", inState("archived"))).toBe("TRANSITION_NOT_ALLOWED");
  });

  it("is allowed when they are met, without anybody who signs", () => {
    const own = policyOf({ transitions: { production: { gates: ["owner"] } } });
    const { refusal, findings } = judge("promote", { ...inState("staging"), policy: own });
    expect(refusal).toBeUndefined();
    expect(findings).toContainEqual({ rule: "owner", ok: true, finding: "owned by vision@example.com" });
  });
});

it("an audit reports what is wrong, and what was not accepted, and refuses nothing", () => {
  const dossier = dossierOf({ refused: [{ digest: release.subject, why: "its signature does not hold" }] });
  const { findings, refusal } = judge("audit", { ...inState("revoked"), dossier, held: undefined });
  expect(refusal).toBeUndefined();
  expect(findings.filter(({ ok }) => !ok).map(({ rule }) => rule)).toEqual(["signature", "state"]);
  expect(findings.find(({ rule }) => rule === "not accepted")?.finding).toContain("its signature does not hold");
});
