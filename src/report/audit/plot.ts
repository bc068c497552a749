import type { AuditedMetric } from "./audit-report.ts";
import { type Html, html } from "./html.ts";
import { metricBound, metricNumber } from "./wording.ts";

const width = 320;
const height = 32;
const middle = height / 2;

/**
 * One line as SVG: the value as a dot with its standard error, the champion's as a diamond, the threshold as a bar with
 * the accepted side shaded. The scale is the metric's own, just wide enough for all of them; nothing is drawn for
 * numbers that have no place on one.
 */
export function metricPlot(metric: AuditedMetric): Html {
  const { value, stderr, threshold, baseline } = metric;
  // A lone dot would look like a finding and be none.
  const scale = threshold === undefined && baseline === undefined ? undefined : scaleOf(metric);
  if (scale === undefined) return html``;
  return html`<svg class="plot" role="img" aria-label="${inWords(metric)}" viewBox="0 0 ${width} ${height}">
<line class="axis" x1="0" x2="${width}" y1="${middle}" y2="${middle}"/>
${threshold === undefined ? undefined : thresholdMark(metric, scale(threshold))}
${baseline === undefined ? undefined : diamond(scale(baseline))}
${stderr === undefined ? undefined : whisker(scale(value - stderr), scale(value + stderr))}
<circle class="value ${metric.passed ? "good" : "wrong"}" cx="${scale(value)}" cy="${middle}" r="6"/>
</svg>`;
}

function scaleOf({ value, stderr = 0, threshold, baseline }: AuditedMetric): ((at: number) => number) | undefined {
  const points = [value - stderr, value + stderr, threshold, baseline].filter((point) => point !== undefined);
  const [low, high] = [Math.min(...points), Math.max(...points)];
  // Equal numbers still need a scale, and so do those that are all zero.
  const span = high - low || Math.abs(high) || 1;
  const [start, length] = [low - span / 4, span * 1.5];
  if (!Number.isFinite(start) || !Number.isFinite(length)) return undefined;
  return (at) => Math.round(((at - start) / length) * width * 10) / 10;
}

function thresholdMark({ comparator }: AuditedMetric, at: number): Html {
  return html`${acceptedZone(comparator, at)}<line class="threshold" x1="${at}" x2="${at}" y1="2" y2="${height - 2}"/>`;
}

function acceptedZone(comparator: string | undefined, at: number): Html | undefined {
  if (comparator === ">=")
    return html`<rect class="zone" x="${at}" y="4" width="${width - at}" height="${height - 8}"/>`;
  if (comparator === "<=") return html`<rect class="zone" x="0" y="4" width="${at}" height="${height - 8}"/>`;
  return undefined;
}

function diamond(at: number): Html {
  return html`<path class="baseline" d="M${at} ${middle - 8}l8 8l-8 8l-8 -8z"/>`;
}

function whisker(from: number, to: number): Html {
  return html`<path class="error" d="M${from} ${middle - 5}v10M${from} ${middle}H${to}M${to} ${middle - 5}v10"/>`;
}

function inWords(metric: AuditedMetric): string {
  const bound = metricBound(metric);
  return [
    `${metric.name}: ${metricNumber(metric.value)}`,
    bound === undefined ? "no limit" : `must be ${bound}`,
    ...(metric.baseline === undefined ? [] : [`baseline ${metricNumber(metric.baseline)}`]),
  ].join(", ");
}
