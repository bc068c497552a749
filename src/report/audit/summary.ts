import type { Fact, Summary, Table } from "../../contract/index.ts";
import type { AuditedMetric, AuditedPointer, AuditReport } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { answerLine, currentApproval, signersOf, standingOf } from "./standing.ts";
import { day, metricBound, metricNumber, minute, signerName } from "./wording.ts";

const maxRows = 20;

/**
 * The report for a terminal of 100 columns and for a job summary: the answer as title; for one pointer its nine facts,
 * for several a table of them; then only what is not as it should be.
 */
export function auditSummary(report: AuditReport): Summary {
  const [only, second] = report.pointers;
  const single = second === undefined ? only : undefined;
  const tables = [
    ...(single === undefined ? overview(report.pointers) : metrics(single)),
    ...remarks(report),
    ...waivers(report.pointers),
  ];
  return {
    title: answerLine(report),
    facts: [...(single === undefined ? [] : answers(single)), ...basis(report)],
    tables,
  };
}

function answers(pointer: AuditedPointer): readonly Fact[] {
  const { name, variant, state, runs, since, evaluation, goBack } = pointer;
  const approval = currentApproval(pointer);
  return [
    { label: "Model", value: `${name}, variant ${variant}, state ${state ?? "not known"}` },
    { label: "Version", value: runs?.version ?? "not known" },
    { label: "Subject", value: runs?.subject ?? "not known", code: runs !== undefined },
    { label: "Since", value: since ? `${minute(since.at)}, ${since.action} by ${moverOf(since)}` : "not known" },
    {
      label: "Approved by",
      value: approval ? `${signerName(approval)}, ${approval.from} → ${approval.to}, ${minute(approval.on)}` : "nobody",
    },
    { label: "Signed by", value: signersOf(pointer) },
    { label: "Evaluation", value: evaluation ? `${evaluation.result}, signed by ${evaluation.signedBy}` : "none" },
    { label: "Data and code", value: originLine(pointer) },
    ...goingBack(goBack),
  ];
}

/** The command, and what it would choose; a command that would be refused is not offered as the answer. */
function goingBack({ command, candidates }: AuditedPointer["goBack"]): readonly Fact[] {
  const best = candidates.find(({ accepted }) => accepted);
  if (best !== undefined) {
    return [
      { label: "How to go back", value: command, code: true },
      { label: "Goes back to", value: best.version },
    ];
  }
  const skipped = candidates.map(({ version, why }) => `${version}: ${why}`);
  const value = skipped.length === 0 ? "nothing ran here before" : `nothing to go back to (${skipped.join("; ")})`;
  return [{ label: "How to go back", value: value.slice(0, 500) }];
}

function moverOf({ by, author }: NonNullable<AuditedPointer["since"]>): string {
  return by === undefined ? author : signerName(by);
}

function originLine({ origin }: AuditedPointer): string {
  const { dataset, datasetVersion, codeCommit, trainingRun } = origin;
  const data = [dataset, datasetVersion].filter((part) => part !== undefined).join(" ");
  return [
    `data ${data || "not recorded"}`,
    `code ${codeCommit?.slice(0, 12) ?? "not recorded"}`,
    `training run ${trainingRun ?? "not recorded"}`,
  ].join(", ");
}

function basis(report: AuditReport): readonly Fact[] {
  return [
    { label: "Repository", value: `${report.repository} ${report.branch}`, code: true },
    { label: "Commit", value: report.commit, code: true },
    { label: "Policy", value: report.policy, code: true },
    { label: "Answered from", value: `${report.source}, ${minute(report.generatedAt)}` },
  ];
}

function overview(pointers: readonly AuditedPointer[]): readonly Table[] {
  const { kept, omitted } = cut(pointers, maxRows, (pointer) => standingOf(pointer) !== "good");
  const words = { good: "✓ in order", warning: "! look at it", wrong: "✗ not in order" };
  return [
    {
      title: "What runs",
      columns: ["Model", "Version", "Since", "Approved by", "Standing"].map((name) => ({ name })),
      rows: kept.map((pointer) => {
        const approval = currentApproval(pointer);
        return [
          modelName(pointer),
          pointer.runs?.version ?? "not known",
          pointer.since ? day(pointer.since.at) : "not known",
          approval ? signerName(approval) : "nobody",
          words[standingOf(pointer)],
        ];
      }),
      omitted,
    },
    {
      title: "Subjects",
      columns: [{ name: "Model" }, { name: "Subject", code: true }],
      rows: kept.map((pointer) => [modelName(pointer), pointer.runs?.subject ?? "not known"]),
      omitted,
    },
    {
      title: "How to go back",
      columns: [{ name: "Model" }, { name: "To" }, { name: "Command", code: true }],
      rows: kept.map((pointer) => {
        const best = pointer.goBack.candidates.find(({ accepted }) => accepted);
        return [modelName(pointer), best?.version ?? "nothing", best === undefined ? "none" : pointer.goBack.command];
      }),
      omitted,
    },
  ];
}

function metrics({ evaluation }: AuditedPointer): readonly Table[] {
  if (evaluation === undefined || evaluation.metrics.length === 0) return [];
  const { kept, omitted } = cut(evaluation.metrics, maxRows, (metric) => !metric.passed);
  const row = (metric: AuditedMetric) => [
    metric.name,
    metricNumber(metric.value),
    metricBound(metric) ?? "",
    metric.baseline === undefined ? "" : metricNumber(metric.baseline),
    metric.passed ? "✓ passed" : "✗ failed",
  ];
  return [
    {
      title: "Evaluation",
      columns: [
        { name: "Metric" },
        { name: "Value", align: "right" },
        { name: "Must be", align: "right" },
        { name: "Baseline", align: "right" },
        { name: "Result" },
      ],
      rows: kept.map(row),
      omitted,
    },
  ];
}

/** What a person has to know besides the answer; no table when there is nothing. */
function remarks({ problems, pointers }: AuditReport): readonly Table[] {
  const rows = [
    ...problems.map((problem) => ["the audit", `✗ ${problem}`]),
    ...pointers.flatMap((pointer) => remarksOn(pointer).map((remark) => [modelName(pointer), remark])),
  ];
  if (rows.length === 0) return [];
  const { kept, omitted } = cut(rows, maxRows, ([, remark = ""]) => remark.startsWith("✗"));
  return [{ title: "To look at", columns: [{ name: "About" }, { name: "Finding" }], rows: kept, omitted }];
}

function remarksOn({ problem, verdict, since }: AuditedPointer): readonly string[] {
  return [
    ...(problem === undefined ? [] : [`✗ ${problem}`]),
    ...verdict.findings.filter(({ ok }) => !ok).map(({ rule, finding }) => `✗ ${rule}: ${finding}`),
    ...verdict.findings
      .filter(({ ok, warning }) => ok && warning === true)
      .map(({ rule, finding }) => `! ${rule}: ${finding}`),
    ...(since?.action === "unrecorded" ? [`! no signed event vouches for commit ${since.commit.slice(0, 12)}`] : []),
  ];
}

function waivers(pointers: readonly AuditedPointer[]): readonly Table[] {
  const all = pointers.flatMap((pointer) =>
    pointer.waivers.map((waiver) => ({ ...waiver, model: modelName(pointer) })),
  );
  if (all.length === 0) return [];
  const { kept, omitted } = cut(all, maxRows, (waiver) => waiver.expired);
  return [
    {
      title: "Waivers",
      columns: ["Model", "Gate", "To", "Until", "By", "Reason"].map((name) => ({ name })),
      rows: kept.map(({ model, gate, to, until, by, reason, expired }) => [
        model,
        gate,
        to,
        expired ? `${day(until)} (expired)` : day(until),
        by,
        reason,
      ]),
      omitted,
    },
  ];
}

function modelName({ name, variant }: AuditedPointer): string {
  return `${name} ${variant}`;
}
