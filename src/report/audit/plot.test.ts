import fc from "fast-check";
import { expect, it } from "vitest";
import { metricPlot } from "./plot.ts";

const number = fc.oneof(fc.double(), fc.double({ min: -2, max: 2 }), fc.constantFrom(0, -0, 1e308, -1e308, 5e-324));

function placesOf(svg: string): number[] {
  return [...svg.matchAll(/ (?:cx|x1)="([^"]*)"/g)].map(([, place]) => Number(place));
}

it("places a value right of what it must exceed, and the champion where it belongs", () => {
  const metric = { name: "m", value: 0.7, comparator: ">=", threshold: 0.6, baseline: 0.5, passed: true };
  const svg = String(metricPlot(metric));
  expect(svg).toContain('aria-label="m: 0.7, must be ≥ 0.6, baseline 0.5"');
  expect(svg).toContain('<path class="baseline" d="M53.3 8');
  expect(svg).toContain('<rect class="zone" x="160" y="4" width="160"');
  expect(svg).toContain('class="value good" cx="266.7"');
});

it("shades the lower side of an upper bound", () => {
  const svg = String(metricPlot({ name: "m", value: 3, comparator: "<=", threshold: 2, passed: false }));
  expect(svg).toContain('<rect class="zone" x="0" y="4" width="53.3"');
  expect(svg).toContain('class="value wrong" cx="266.7"');
});

it.each([
  { name: "nothing to compare with", value: 1, passed: true },
  { name: "no number", value: Number.NaN, threshold: 1, passed: false },
  { name: "endless", value: Number.POSITIVE_INFINITY, threshold: 1, passed: false },
  { name: "too far apart", value: 1.7e308, threshold: -1.7e308, passed: true },
])("draws nothing for $name", (metric) => {
  expect(String(metricPlot(metric))).toBe("");
});

it("draws nothing outside its frame", () => {
  fc.assert(
    fc.property(number, number, number, number, (value, threshold, baseline, stderr) => {
      const metric = {
        name: "m",
        value,
        threshold,
        baseline,
        stderr: Math.abs(stderr),
        comparator: ">=",
        passed: true,
      };
      for (const place of placesOf(String(metricPlot(metric)))) {
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(320);
      }
    }),
  );
});
