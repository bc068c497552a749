// How results look to a person: pure renderers of a step's `Summary` (`src/contract`) as Markdown and as terminal
// text, and the only place where bytes, rates and durations become words. Nothing here reads or writes anything.
// May import `src/errors`, `src/documents` and the types of `src/contract`.

export { type AuditedPointer, type AuditReport, auditPage, auditSummary } from "./audit/index.ts";
export { formatBytes, formatDuration, formatPace, formatRate } from "./format.ts";
export { renderMarkdown } from "./markdown.ts";
export { printable } from "./printable.ts";
export { type Style, styleFor } from "./style.ts";
export { renderText, type TextOptions } from "./text.ts";
export { type VerifyReport, verifyReportJsonSchema, verifyReportSchema, verifyReportType } from "./verify-report.ts";
export { columns, wrap } from "./wrap.ts";
