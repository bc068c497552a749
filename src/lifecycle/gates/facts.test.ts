import { describe, expect, it } from "vitest";
import { digestOf } from "../../oci/index.ts";
import {
  chainOf,
  contextOf,
  dossierOf,
  hoursAgo,
  linkAfter,
  linksTo,
  now,
  otherRelease,
  policyOf,
} from "../fixtures/release.ts";
import type { GateKind } from "../gate-kinds.ts";
import { judgeGate } from "../judge-gate.ts";
import type { Gate } from "../policy.ts";
import type { PromotionContext, PromotionRequest } from "../promotion-context.ts";

function judge(kind: GateKind, context: Partial<PromotionContext> = {}, request: Partial<PromotionRequest> = {}) {
  const gate: Gate = {
    kind,
    name: kind,
    signers: [],
    maxAge: undefined,
    against: "thresholds",
    predicateType: undefined,
  };
  const asked = { to: "staging", reason: undefined, advisory: undefined, retirement: undefined, ...request } as const;
  return judgeGate({ ...contextOf(context), gate, request: asked, champion: undefined });
}

const complete = dossierOf().lineage;

describe("what the release says of itself", () => {
  it.each([
    ["owner", {}, "met", "owned by vision@example.com"],
    ["owner", { owner: undefined }, "missing", "the manifest names no owner"],
    ["owner", { owner: " " }, "missing", "the manifest names no owner"],
    ["owner", { owner: "a\nb" }, "met", "owned by a b"],
    ["model-card", {}, "met", "model card README.md"],
    ["model-card", { modelCard: undefined }, "missing", "the release has no model card"],
    ["lineage", {}, "met", "run mlflow:/runs/17, data retina 3, code aaaaaaaaaaaa"],
    ["lineage", { lineage: { ...complete, trainingRun: undefined } }, "missing", "the metadata lacks trainingRun"],
    [
      "lineage",
      { lineage: { ...complete, datasetVersion: undefined, codeCommit: "" } },
      "missing",
      "the metadata lacks datasetVersion, codeCommit",
    ],
    ["lineage", { lineage: { ...complete, dataset: undefined } }, "missing", "the metadata lacks dataset"],
  ] as const)("%s of %j is %s", (kind, more, outcome, finding) => {
    const found = judge(kind, { dossier: dossierOf(more) });
    expect(found).toMatchObject({ gate: kind, outcome, finding, evidence: undefined });
    expect(found.remedy === undefined).toBe(outcome === "met");
  });
});

describe("a retirement", () => {
  const newer = otherRelease("2.5.0");
  const siblings = [
    { ...newer, chain: chainOf(["staging", "production"], newer) },
    { ...otherRelease("2.6.0"), chain: chainOf(["staging"], otherRelease("2.6.0")) },
    { ...otherRelease("2.5.0", "orin"), chain: chainOf(["staging", "production"], otherRelease("2.5.0", "orin")) },
    { ...dossierOf(), chain: chainOf(["staging", "production"]) },
    { ...otherRelease("9.0.0", "x"), name: "other/model", chain: chainOf(["staging", "production"]) },
  ];
  const promise = { replacement: newer.subject, sunset: new Date("2027-01-01T00:00:00Z"), migration: "see the wiki" };

  it.each([
    ["replacement", promise, "met", "replaced by 2.5.0 jetson"],
    [
      "replacement",
      { ...promise, replacement: otherRelease("2.5.0", "orin").subject },
      "met",
      "replaced by 2.5.0 orin",
    ],
    ["replacement", undefined, "missing", "no replacement was named"],
    [
      "replacement",
      { ...promise, replacement: otherRelease("2.6.0").subject },
      "failed",
      "the replacement 2.6.0 jetson is staging",
    ],
    [
      "replacement",
      { ...promise, replacement: dossierOf().subject },
      "failed",
      "the replacement is this release itself",
    ],
    [
      "replacement",
      { ...promise, replacement: otherRelease("9.0.0", "x").subject },
      "failed",
      "is no known release of retina/seg",
    ],
    ["replacement", { ...promise, replacement: digestOf("unheard of") }, "failed", "is no known release of retina/seg"],
    ["sunset", promise, "met", "sunset on 2027-01-01T00:00:00.000Z"],
    ["sunset", undefined, "missing", "no sunset date was given"],
    ["sunset", { ...promise, sunset: now }, "failed", "is not in the future"],
    ["sunset", { ...promise, sunset: new Date("nonsense") }, "failed", "is not in the future"],
    ["migration-path", promise, "met", "migration: see the wiki"],
    ["migration-path", { ...promise, migration: " " }, "missing", "no migration path was given"],
    ["migration-path", undefined, "missing", "no migration path was given"],
  ] as const)("%s of %j is %s", (kind, retirement, outcome, finding) => {
    const found = judge(kind, { siblings }, { to: "retired", retirement });
    expect(found.outcome).toBe(outcome);
    expect(found.finding).toContain(finding);
  });

  it.each([
    [hoursAgo(1), "met", "the sunset was on"],
    [now.toISOString(), "met", "the sunset was on"],
    [hoursAgo(-1), "failed", "the sunset is on"],
    [undefined, "missing", "no link of the chain gives a sunset date"],
  ])("has its sunset over at %s: %s", (sunset, outcome, finding) => {
    const [first, second] = linksTo(["staging", "production"]);
    if (first === undefined || second === undefined) throw new Error("two links were asked for");
    const retirement =
      sunset === undefined ? {} : { retirement: { replacement: newer.subject, sunset, migration: "m" } };
    const links = [first, second, linkAfter(second, "retired", retirement)];
    const found = judge("sunset-over", { chain: { ...chainOf([]), links, state: "retired" } }, { to: "archived" });
    expect(found.outcome).toBe(outcome);
    expect(found.finding).toContain(finding);
  });

  it("ends only when no pointer names the release", () => {
    const { subject } = dossierOf();
    const pointer = (index: number) => ({ environment: "live", pointer: `p${index}`, subject });
    const elsewhere = { environment: "live", pointer: "other", subject: newer.subject };
    const policy = policyOf();
    const found = (consumers: PromotionContext["consumers"]) =>
      judge("no-consumers", { consumers, policy }, { to: "archived" });
    expect(found([])).toMatchObject({ outcome: "met" });
    expect(found([elsewhere])).toMatchObject({ outcome: "met" });
    expect(found([elsewhere, pointer(1)])).toMatchObject({ outcome: "failed", finding: "named by live/p1" });
    expect(found([1, 2, 3, 4, 5, 6, 7].map(pointer)).finding).toBe(
      "named by live/p1, live/p2, live/p3, live/p4, live/p5 and 2 more",
    );
    expect(found(undefined)).toMatchObject({ outcome: "failed" });
  });
});

describe("a revocation says why", () => {
  it.each([
    ["reason", { reason: "it leaks" }, "met"],
    ["reason", { reason: " " }, "missing"],
    ["reason", {}, "missing"],
    ["advisory", { advisory: "https://example.com/a/1" }, "met"],
    ["advisory", {}, "missing"],
  ] as const)("%s of %j is %s", (kind, request, outcome) => {
    expect(judge(kind, {}, { to: "revoked", ...request }).outcome).toBe(outcome);
  });
});

describe("a finding", () => {
  it("fits into a link, whatever it quotes", () => {
    const { finding } = judge("owner", { dossier: dossierOf({ owner: `\u0000${"\u{1d11e}".repeat(2000)}` }) });
    expect(finding.length).toBeLessThanOrEqual(1000);
    expect(finding).toMatch(/^[^\p{Cc}]*…$/u);
    expect(finding.isWellFormed()).toBe(true);
  });
});
