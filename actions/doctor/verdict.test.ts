import { expect, it } from "vitest";
import type { Finding, FindingStatus } from "../../src/oci/index.ts";
import { renderMarkdown, renderText } from "../../src/report/index.ts";
import { findingsTable, refusalFor, verdictOf } from "./verdict.ts";

const found = (status: FindingStatus, check: string = status): Finding => ({
  check,
  status,
  seen: `seen ${check}`,
  advice: status === "ok" ? undefined : `mend ${check}`,
});

it.each<[FindingStatus[], string, string | undefined, string | undefined]>([
  [["ok", "unknown", "skipped"], "ok", undefined, undefined],
  [["ok", "warning"], "warnings", undefined, "will not do: warning"],
  [["failed", "warning", "ok"], "failed", "will not do: failed", "will not do: failed, warning"],
])("%j is %s", (statuses, verdict, refusal, strictly) => {
  const findings = statuses.map((status) => found(status));
  expect(verdictOf(findings)).toBe(verdict);
  for (const [strict, expected] of [
    [false, refusal],
    [true, strictly],
  ] as const) {
    const error = refusalFor({ store: findings, trust: [] }, "r.example/m", strict);
    expect(error?.message).toBe(expected && `r.example/m ${expected}`);
    if (error !== undefined) expect([error.code, error.family]).toEqual(["STORE_UNFIT", "refused"]);
  }
});

it.each<[FindingStatus, FindingStatus, string | undefined]>([
  ["ok", "failed", "TRUST_UNFIT"],
  ["failed", "failed", "STORE_UNFIT"],
  ["failed", "ok", "STORE_UNFIT"],
  ["warning", "ok", undefined],
])("a store that is %s and trust that is %s are refused with %s", (store, trust, code) => {
  const findings = { store: [found(store, "push")], trust: [found(trust, "rekor")] };
  expect(refusalFor(findings, "both", false)?.code).toBe(code);
});

it("says in the refusal what was seen, and what to do", () => {
  const error = refusalFor({ store: [found("failed", "push"), found("ok")], trust: [] }, "r.example/m", false);
  expect(error?.details).toEqual(["push: seen push → mend push"]);
});

it("is a table that a terminal of 80 columns and a job summary can hold", () => {
  const long = { ...found("warning", "immutable tags"), seen: "a tag that is taken is overwritten ".repeat(5) };
  const summary = { title: "t", facts: [], tables: [findingsTable([long, found("ok", "push")])] };
  const text = renderText(summary, { width: 80, color: false });
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toMatch(/ {2}push {12}✓ ok {7}seen push\n/);
  expect(text).toMatch(/\n +→ mend immutable tags\n/);
  expect(renderMarkdown(summary)).toContain("<br>→ mend immutable tags |");
});
