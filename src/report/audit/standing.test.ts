import { describe, expect, it } from "vitest";
import { auditReport, orderly, refused, unreadable } from "../../../test/support/audit-report.ts";
import type { AuditedPointer } from "./audit-report.ts";
import { answerLine, standingOf } from "./standing.ts";

const warned = { rule: "scan age", ok: true, warning: true, finding: "old" };
const waived: AuditedPointer = { ...orderly, waivers: refused.waivers };

describe("standingOf", () => {
  it.each<[string, AuditedPointer, string]>([
    ["an orderly one", orderly, "good"],
    ["one with a problem", { ...orderly, problem: "unknown release" }, "wrong"],
    ["one that names nothing", { ...orderly, runs: undefined }, "wrong"],
    ["a refused one", refused, "wrong"],
    ["one with a warning", { ...orderly, verdict: { ok: true, findings: [warned] } }, "warning"],
    ["one with a waiver", waived, "warning"],
    ["one that nobody approved for its state", { ...orderly, state: "staging", approvals: [] }, "warning"],
    ["one whose evaluation is inconclusive", { ...orderly, evaluation: refused.evaluation }, "warning"],
    ["one that was moved without an event", { ...orderly, since: refused.since }, "warning"],
  ])("%s", (_, pointer, standing) => {
    expect(standingOf(pointer)).toBe(standing);
  });
});

describe("answerLine", () => {
  it.each<[readonly AuditedPointer[], string]>([
    [[], "production has no pointer: nothing is known to run"],
    [[orderly], "production runs tiny-llm 1.0.0, approved by platform-lead/lena on 2026-11-21"],
    [[{ ...orderly, approvals: [] }], "production runs tiny-llm 1.0.0, approved by nobody"],
    [
      [refused],
      "production runs retina/seg 1.0.0, approved by platform-lead/lena on 2026-11-21, but it is refused by policy",
    ],
    [[{ ...unreadable, problem: "no such file" }], "production has no full answer for speech: no such file"],
    [[{ ...orderly, runs: undefined }], "production runs no tiny-llm: its pointer names nothing"],
    [[orderly, orderly], "production runs 2 models: all in order"],
    [[orderly, refused, waived, unreadable], "production runs 4 models: 2 not in order, 1 to look at"],
  ])("%#: %s", (pointers, line) => {
    expect(answerLine(auditReport(pointers))).toBe(line);
  });

  it("says when the audit itself is not complete", () => {
    const report = { ...auditReport([orderly, orderly]), problems: ["a", "b"] };
    expect(answerLine(report)).toBe("production runs 2 models: all in order; 2 problems with the audit");
  });
});
