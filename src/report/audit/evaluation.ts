import type { AuditedEvaluation, AuditedMetric } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { type Html, html } from "./html.ts";
import { badge, code, more, note, run, time } from "./parts.ts";
import { metricPlot } from "./plot.ts";
import { metricBound, metricNumber } from "./wording.ts";

const maxMetrics = 40;

/** The evaluation that let the release in: its verdict, and each number beside what it had to be. */
export function evaluationFact(evaluation: AuditedEvaluation | undefined): Html {
  if (evaluation === undefined) return html`<p>${badge("warning", "none")} No accepted evaluation was found.</p>`;
  const { result, on, run: by, signedBy, statement, baselineVersion } = evaluation;
  return html`<p>${resultBadge(result)} ${on === undefined ? undefined : html`on ${time(on)}, `}signed by ${signedBy}${
    by === undefined ? undefined : html`, ${run(by)}`
  }</p>
${baselineVersion === undefined ? undefined : note(html`Compared with version ${baselineVersion}, the champion then.`)}
${metricsTable(evaluation.metrics)}
<details><summary>Signature of ${signedBy} for this evaluation</summary>${note(html`Statement ${code(statement)}`)}</details>`;
}

function resultBadge(result: string): Html {
  if (result === "PASSED") return badge("good", result);
  return badge(result === "FAILED" ? "wrong" : "warning", result);
}

function metricsTable(metrics: readonly AuditedMetric[]): Html {
  if (metrics.length === 0) return note("It recorded no numbers.");
  const { kept, omitted } = cut(metrics, maxMetrics, (metric) => !metric.passed);
  // One body for each metric: the name has a line of its own, so that the numbers fit beside each other on a phone.
  return html`<div class="scroll"><table class="metrics">
<caption>Metrics</caption>
<thead><tr><th scope="col">Value</th><th scope="col">Must be</th><th scope="col">Baseline</th></tr></thead>
${kept.map(metricRows)}</table></div>
${more(omitted, "metrics")}
<p class="legend" aria-hidden="true"><span><i class="dot"></i> value</span> <span><i class="square"></i> baseline</span> <span><i class="shade"></i> accepted</span></p>`;
}

function metricRows(metric: AuditedMetric): Html {
  const { value, baseline } = metric;
  return html`<tbody>
<tr><th scope="rowgroup" colspan="3"><div class="metric"><p>${metricName(metric)}</p>${metricPlot(metric)}</div></th></tr>
<tr><td>${metricNumber(value)}</td><td>${metricBound(metric) ?? "no limit"}</td><td>${
    baseline === undefined ? "none" : metricNumber(baseline)
  }</td></tr>
</tbody>
`;
}

function metricName({ name, stderr, sampleSize, passed }: AuditedMetric): Html {
  const sample = [
    stderr === undefined ? "" : `± ${metricNumber(stderr)}`,
    sampleSize === undefined ? "" : `n = ${sampleSize}`,
  ].filter((part) => part !== "");
  return html`${name} ${passed ? badge("good", "passed") : badge("wrong", "failed")} <span class="muted">${sample.join(", ")}</span>`;
}
