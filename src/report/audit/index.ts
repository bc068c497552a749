// The auditor's answer: its shape as data, its short form for terminals and job summaries, and its page.
// Pure; may import what lies beside it in `src/report` and the types of `src/contract`.

export type { AuditedPointer, AuditReport } from "./audit-report.ts";
export { auditPage } from "./page.ts";
export { auditSummary } from "./summary.ts";
