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

/** The findings about a store and about what signs and is trusted; none where nobody looked. */
interface Found {
  readonly store: readonly Finding[];
  readonly trust: readonly Finding[];
}

/** The refusal that findings lead to; undefined when all will do. @param label what was looked at, for the message */
export function refusalFor({ store, trust }: Found, label: string, strict: boolean): SlipwayError | undefined {
  const isWrong = ({ status }: Finding) => status === "failed" || (strict && status === "warning");
  const wrong = [...store, ...trust].filter(isWrong);
  if (wrong.length === 0) return undefined;
  const checks = wrong.map(({ check }) => check).join(", ");
  const code = store.some(isWrong) ? "STORE_UNFIT" : "TRUST_UNFIT";
  return doctorError(code, `${label} will not do: ${checks}`, {
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
export function findingsTable(findings: readonly Finding[], title = "Findings"): Table {
  return {
    title,
    columns: [{ name: "check" }, { name: "verdict" }, { name: "what was seen" }],
    rows: findings.map(({ check, status, seen, advice }) => [
      check,
      marks[status],
      advice === undefined ? seen : `${seen}\n→ ${advice}`,
    ]),
  };
}
