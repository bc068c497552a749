import { describe, expect, it } from "vitest";
import { authorityProblem } from "./authority.ts";
import type { Evidence, ProvenTime } from "./dossier.ts";
import {
  contextOf,
  dossierOf,
  evidence,
  hoursAgo,
  linkAfter,
  now,
  policyOf,
  release,
  signer,
} from "./fixtures/release.ts";
import { validNow } from "./gates/statements.ts";
import { judgeGate } from "./judge-gate.ts";
import { provenTimeProblem } from "./proven-time.ts";

const by = signer("builder");
const at = (hours: number): ProvenTime => ({ at: new Date(hoursAgo(hours)), by: "timestamp authority" });
const proven = policyOf({ times: "proven", trustedRoot: { mediaType: "any" } });
const asserted = policyOf();

describe("a time", () => {
  const minutes = (count: number) => ({ at: new Date(now.getTime() + count * 60_000), by: "transparency log" });

  it.each<[string, ProvenTime | undefined, Date | undefined, string | undefined]>([
    ["that nobody vouches for", undefined, now, "its time is not proven"],
    ["that is not even named, and that nobody vouches for", undefined, undefined, "its time is not proven"],
    ["that is not even named, and proven", minutes(0), undefined, undefined],
    ["that was proven later", minutes(90), now, undefined],
    ["that was proven a little earlier, as clocks differ", minutes(-5), now, undefined],
    ["that was proven earlier", minutes(-6), now, "its time is not proven: it says"],
    ["that is none", minutes(0), new Date("soon"), "its time is not proven: it says none"],
  ])("%s", (_, time, date, problem) => {
    const found = provenTimeProblem("proven", { signer: by, ...(time && { proven: time }) }, date);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
    expect(provenTimeProblem("asserted", { signer: by, ...(time && { proven: time }) }, date)).toBeUndefined();
  });

  it.each([
    ["after its key's end", { until: new Date(hoursAgo(2)) }, "was valid only until"],
    ["before its key's beginning", { from: new Date(hoursAgo(0.5)) }, "is valid only from"],
  ])("that is proven %s, whatever is asserted", (_, period, problem) => {
    const found = provenTimeProblem(
      "proven",
      { signer: signer("builder", period), proven: at(1) },
      new Date(hoursAgo(3)),
    );
    expect(found).toContain(problem);
  });
});

const approval = (time?: ProvenTime, approvedOn = hoursAgo(2)): Evidence => ({
  ...evidence("approval", { to: "retired", reason: "agreed", approvedOn }, signer("platform-lead")),
  ...(time && { proven: time }),
});

describe("evidence", () => {
  const judge = (item: Evidence, policy = proven) =>
    judgeGate({
      ...contextOf({ dossier: dossierOf({ evidence: [item] }), policy }),
      gate: {
        kind: "approval",
        name: "approval",
        signers: ["platform-lead"],
        maxAge: undefined,
        against: "thresholds",
        predicateType: undefined,
      },
      request: { to: "retired", reason: undefined, advisory: undefined, retirement: undefined },
      champion: undefined,
    });

  it("without a proven time counts only where times are asserted", () => {
    expect(judge(approval(), asserted).outcome).toBe("met");
    expect(judge(approval()).outcome).toBe("missing");
    expect(judge(approval()).finding).toContain("its time is not proven");
    expect(judge(approval(at(1))).outcome).toBe("met");
    expect(judge(approval(at(3))).finding).toContain("its time is not proven: it says");
  });

  it("says so among what does not count", () => {
    const item = { evidence: approval(), role: "platform-lead", content: true, at: new Date(hoursAgo(2)) };
    expect(validNow({ found: [item], rejected: [] }, { now, policy: asserted }).found).toHaveLength(1);
    expect(validNow({ found: [item], rejected: [] }, { now, policy: proven }).rejected).toEqual([
      expect.stringContaining("does not count: its time is not proven"),
    ]);
  });
});

describe("a link", () => {
  const link = linkAfter(undefined, "staging", { promotedOn: hoursAgo(2), of: release });

  it("without a proven time has no authority where times are proven", () => {
    expect(authorityProblem(link, asserted)).toBeUndefined();
    expect(authorityProblem(link, proven)).toBe("its time is not proven");
    expect(authorityProblem({ ...link, proven: at(1) }, proven)).toBeUndefined();
    expect(authorityProblem({ ...link, proven: at(3) }, proven)).toContain("its time is not proven: it says");
  });

  it("that a key made after its end, and dated back, has none either", () => {
    const late = linkAfter(undefined, "staging", {
      promotedOn: hoursAgo(2),
      signer: signer("mlops-engineer", { until: new Date(hoursAgo(1)) }),
    });
    expect(authorityProblem(late, asserted)).toBeUndefined();
    expect(authorityProblem({ ...late, proven: at(0.5) }, proven)).toContain("was valid only until");
    expect(authorityProblem({ ...late, proven: at(1.5) }, proven)).toBeUndefined();
  });
});
