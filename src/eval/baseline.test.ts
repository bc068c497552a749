import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Baseline, baselineOf } from "./baseline.ts";
import { type Change, evidence, judged, only, perplexity, report, strict, valued } from "./fixtures/judging.ts";
import { judgeEvaluation } from "./judge.ts";

describe("a baseline", () => {
  it.each<[number, number | undefined, string, string]>([
    [0.7551, undefined, "pass", "equal to the baseline"],
    [0.7551, 0, "pass", "equal to the baseline"],
    [0.76, undefined, "pass", "0.0049 better than the baseline"],
    [0.755, undefined, "fail", "0.0001 worse than the baseline, none is allowed"],
    [0.755, 0.01, "pass", "0.0001 worse than the baseline"],
    [0.7451, 0.01, "pass", "0.0100 worse than the baseline"],
    [0.745, 0.01, "fail", "0.0101 worse than the baseline, 0.0100 is allowed"],
  ])("judges %d with a drop of %j: %s", (value, maxDrop, verdict, why) => {
    const threshold = { min: 0.1, ...(maxDrop === undefined ? {} : { maxDrop }) };
    expect(judged(valued(value), only(strict, threshold), evidence())).toEqual([verdict, why]);
    if (maxDrop !== undefined) expect(judged(valued(value), only(strict, { maxDrop }), evidence())[0]).toBe(verdict);
  });

  it.each<[number, number, string, string]>([
    [9.12, 0, "pass", "equal to the baseline"],
    [9, 0, "pass", "0.1200 better than the baseline"],
    [9.2, 0, "fail", "0.0800 worse than the baseline, none is allowed"],
    [9.22, 0.1, "pass", "0.1000 worse than the baseline"],
    [9.23, 0.1, "fail", "0.1100 worse than the baseline, 0.1000 is allowed"],
  ])("judges a perplexity of %d with a rise of %d: %s", (value, maxDrop, verdict, why) => {
    expect(judged(valued(0.7, value), only(perplexity, { maxDrop }), evidence())).toEqual([verdict, why]);
  });

  it("without a drop is met by its own value and by none below it", () => {
    for (let right = 900; right < 1000; right += 1) {
      const champion = right / 1319;
      const less = champion - Number.EPSILON / 2;
      const verdictOf = (value: number, maxDrop: number) =>
        judgeEvaluation(valued(value), only(strict, { maxDrop }), baselineOf(valued(champion))).verdict;
      expect([verdictOf(champion, 0), verdictOf(champion, 1e-17), verdictOf(less, 0)]).toEqual([
        "pass",
        "pass",
        "fail",
      ]);
    }
  });

  it("shows a small drop as what it is", () => {
    const [champion, thresholds] = [baselineOf(valued(0.755_06)), only(strict, { maxDrop: 0.000_04 })];
    expect(judgeEvaluation(valued(0.9), thresholds, champion).findings[0]).toMatchObject({
      expected: "≥ baseline - 0.00004",
      value: "0.90000 ± 0.01180",
      baseline: "0.75506",
    });
  });

  it("counts in decimals, as people do", () => {
    const decimal = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(decimal, decimal, decimal, (value, champion, drop) => {
        const baseline = baselineOf(valued(champion / 1000));
        const { verdict } = judgeEvaluation(valued(value / 1000), only(strict, { maxDrop: drop / 1000 }), baseline);
        expect(verdict).toBe(value >= champion - drop ? "pass" : "fail");
      }),
    );
  });

  it.each<[string, Baseline, string]>([
    [
      "lacks the metric",
      evidence((metrics) => metrics.filter(({ name }) => name !== strict)),
      "the baseline does not have the metric",
    ],
    [
      "has the metric twice",
      evidence((metrics) => [...metrics, ...metrics]),
      "the baseline has the metric several times",
    ],
    [
      "does not say how it was measured",
      evidence((metrics) => metrics.map(({ comparability: _, ...metric }) => metric)),
      "the baseline does not say how it was measured",
    ],
    [
      "was measured otherwise",
      evidence((metrics) => metrics.map((metric) => ({ ...metric, comparability: "0".repeat(64) }))),
      "the baseline was measured in another way",
    ],
    [
      "was measured otherwise, by its report",
      baselineOf(report((file) => Object.assign(file["n-shot"], { gsm8k: 8 }))),
      "the baseline was measured in another way: n-shot is 5, was 8",
    ],
    [
      "was measured otherwise in many ways",
      baselineOf(report((file) => Object.assign(file, { config: { limit: 5, gen_kwargs: "a=1" }, versions: {} }))),
      'the baseline was measured in another way: fewshot_seed is 1234, was not set; gen_kwargs is not set, was "a=1"; ' +
        "limit is not set, was 5; and 5 more",
    ],
  ])("that %s is no measure", (_what, baseline, why) => {
    expect(judged(report(), only(strict, { min: 0.7 }), baseline)).toEqual(["incomparable", why]);
    // What is certain without it still decides.
    expect(judged(report(), only(strict, { min: 0.8 }), baseline)).toEqual([
      "fail",
      `0.0449 below the threshold; ${why}`,
    ]);
  });

  it("is no measure where nothing says what better means", () => {
    const silent: Change = (file) => Object.assign(file.higher_is_better, { gsm8k: { exact_match: null } });
    const baseline = baselineOf(report(silent));
    const { verdict, findings, warnedTests } = judgeEvaluation(
      report(silent),
      only(strict, { maxDrop: 0.01 }),
      baseline,
    );
    expect(verdict).toBe("incomparable");
    expect(findings[0]?.why).toBe("nothing says whether higher or lower is better: say min or max");
    expect(warnedTests).toEqual([`${strict} against baseline 0.7551±0.01`]);
    expect(judgeEvaluation(report(silent), only(strict, { min: 0.7, maxDrop: 0.01 }), baseline).verdict).toBe("pass");
  });

  it("without a number in the baseline is no measure", () => {
    expect(judged(report(), only(strict, { min: 0 }), baselineOf(valued("N/A")))[0]).toBe("incomparable");
  });
});
