import type { AuditedApproval, AuditedPointer, AuditReport } from "./audit-report.ts";
import { counted, day, signerName } from "./wording.ts";

/** How a pointer stands: `wrong` needs somebody now, `warning` deserves a look. */
export type Standing = "good" | "warning" | "wrong";

export function standingOf(pointer: AuditedPointer): Standing {
  if (pointer.problem !== undefined || pointer.runs === undefined || !pointer.verdict.ok) return "wrong";
  const warns =
    pointer.verdict.findings.some((finding) => !finding.ok || finding.warning === true) ||
    pointer.waivers.length > 0 ||
    pointer.since?.action === "unrecorded" ||
    (pointer.evaluation !== undefined && pointer.evaluation.result !== "PASSED") ||
    currentApproval(pointer) === undefined;
  return warns ? "warning" : "good";
}

/** The link of the chain that led to the state which the release has now; the newest when it got there twice. */
export function currentApproval({ approvals, state }: AuditedPointer): AuditedApproval | undefined {
  return approvals.findLast((approval) => approval.to === state);
}

/** What the whole report says, in one line. */
export function answerLine(report: AuditReport): string {
  const incomplete =
    report.problems.length === 0 ? "" : `; ${counted(report.problems.length, "problem")} with the audit`;
  return `${report.environment} ${runsWhat(report.pointers)}${incomplete}`;
}

function runsWhat(pointers: readonly AuditedPointer[]): string {
  const [first, second] = pointers;
  if (first === undefined) return "has no pointer: nothing is known to run";
  if (second === undefined) return runsOne(first);
  const wrong = pointers.filter((pointer) => standingOf(pointer) === "wrong").length;
  const warning = pointers.filter((pointer) => standingOf(pointer) === "warning").length;
  const counts = [
    wrong > 0 ? `${wrong} not in order` : "",
    warning > 0 ? `${warning} to look at` : "",
    wrong + warning === 0 ? "all in order" : "",
  ];
  return `runs ${pointers.length} models: ${counts.filter((count) => count !== "").join(", ")}`;
}

function runsOne(pointer: AuditedPointer): string {
  if (pointer.problem !== undefined) return `has no full answer for ${pointer.name}: ${pointer.problem}`;
  if (pointer.runs === undefined) return `runs no ${pointer.name}: its pointer names nothing`;
  const approval = currentApproval(pointer);
  const by = approval ? `${signerName(approval)} on ${day(approval.on)}` : "nobody";
  const refused = pointer.verdict.ok ? "" : ", but it is refused by policy";
  return `runs ${pointer.name} ${pointer.runs.version}, approved by ${by}${refused}`;
}

/** Who signed the release itself; an approval is no signature. */
export function signersOf({ evidence }: AuditedPointer): string {
  const signatures = evidence.filter(({ fact }) => fact === "signature");
  const names = signatures.map(({ signedBy, identity }) =>
    identity === undefined ? signedBy : `${signedBy}, ${identity}`,
  );
  return [...new Set(names)].join("; ") || "nobody whom the policy knows";
}
