import type { Table } from "../../src/contract/index.ts";
import type { SlipwayError } from "../../src/errors/index.ts";
import type { Finding, FindingStatus } from "../../src/oci/index.ts";
import { doctorError } from "./errors.ts";

export type Verdict = "ok" | "warnings" | "failed";

/** What all findings come to. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (countOf(findings, "failed") > 0) return "failed";
  return countOf(findings, "warning") > 0 ? "warnings" : "ok";
}

export function countOf(findings: readonly Finding[], status: FindingStatus): number {
  return findings.filter((finding) => finding.status === status).length;
}

/** The refusal that findings lead to; undefined when the store will do. @param label the store's name, for the message */
export function refusalFor(findings: readonly Finding[], label: string, strict: boolean): SlipwayError | undefined {
  const wrong = findings.filter(({ status }) => status === "failed" || (strict && status === "warning"));
  if (wrong.length === 0) return undefined;
  const checks = wrong.map(({ check }) => check).join(", ");
  return doctorError("STORE_UNFIT", `${label} will not do: ${checks}`, {
    details: wrong.map(({ check, seen, advice }) => `${check}: ${seen}${advice === undefined ? "" : ` → ${advice}`}`),
  });
}

const marks: Readonly<Record<FindingStatus, string>> = {
  ok: "✓ ok",
  warning: "! warning",
  failed: "✗ failed",
  unknown: "? unknown",
  skipped: "- skipped",
};

/** The findings for people: what is wrong has its consequence on a line of its own. */
export function findingsTable(findings: readonly Finding[]): Table {
  return {
    title: "Findings",
    columns: [{ name: "check" }, { name: "verdict" }, { name: "what was seen" }],
    rows: findings.map(({ check, status, seen, advice }) => [
      check,
      marks[status],
      advice === undefined ? seen : `${seen}\n→ ${advice}`,
    ]),
  };
}
