import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { predicateType, readPredicate } from "../evidence/index.ts";
import { baselineOf } from "./baseline.ts";
import { evidence, flexible, only, perplexity, report, strict, valued } from "./fixtures/judging.ts";
import { judgeEvaluation } from "./judge.ts";
import { parseLmEval } from "./parse-lm-eval.ts";
import { parseThresholds, type Thresholds } from "./thresholds.ts";

describe("the model that is meant", () => {
  const named = (model_name: string) => report((file) => Object.assign(file, { model_name }));

  it.each([
    ["tiny-llm", "tiny-llm"],
    ["/models/tiny-llm", "tiny-llm"],
    ["/models/tiny-llm/", "tiny-llm"],
    ["organisation/tiny-llm", "tiny-llm"],
    ["C:\\models\\tiny-llm", "tiny-llm"],
    ["/models/tiny-llm", "/models/tiny-llm"],
  ])("%s is %s", (found, expected) => {
    expect(judgeEvaluation(named(found), only(strict, { min: 0 }, { model: expected }), undefined).verdict).toBe(
      "pass",
    );
  });

  it.each([
    ["tiny-llm-2", "tiny-llm"],
    ["/tiny-llm/checkpoint", "tiny-llm"],
    ["tiny-llm", "/models/tiny-llm"],
    ["Tiny-LLM", "tiny-llm"],
  ])("%s is not %s", async (found, expected) => {
    const thresholds = only(strict, { min: 0 }, { model: expected });
    const error = await expectError("EVALUATION_OTHER_MODEL", () =>
      judgeEvaluation(named(found), thresholds, undefined),
    );
    expect(error.message).toBe(`the evaluation report is about ${found}, not ${expected}`);
  });

  it("is named by the report", async () => {
    const nameless = report((file) => Object.assign(file, { model_name: null, config: {} }));
    const thresholds = only(strict, { min: 0 }, { model: "tiny-llm" });
    await expectError("EVALUATION_OTHER_MODEL", () => judgeEvaluation(nameless, thresholds, undefined));
  });
});

describe("a judgement", () => {
  const fails = { [strict]: { min: 0.9 } };
  const passes = { [perplexity]: { max: 10 } };
  const unknown = { [flexible]: { min: 0.1 } };
  const baseline = evidence((metrics) => metrics.filter(({ name }) => !(name in unknown)));

  it.each<[string, string, Thresholds["metrics"]]>([
    ["fail", "FAILED", { ...passes, ...unknown, ...fails }],
    ["fail", "FAILED", { ...fails, ...passes }],
    ["incomparable", "WARNED", { ...passes, ...unknown }],
    ["pass", "PASSED", { ...passes }],
  ])("is %s (%s) by the worst of all", (verdict, result, metrics) => {
    expect(judgeEvaluation(report(), { metrics }, baseline)).toMatchObject({ verdict, result });
  });

  it("names every test, in the order of the thresholds", () => {
    const thresholds = {
      metrics: {
        [strict]: { min: 0.9, maxDrop: 0.02 },
        [flexible]: { maxDrop: 0 },
        [perplexity]: { max: 10, maxDrop: 0.5 },
      },
    };
    expect(judgeEvaluation(report(), thresholds, baseline)).toEqual({
      verdict: "fail",
      result: "FAILED",
      passedTests: [`${strict}>=baseline 0.7551-0.02`, `${perplexity}<=10`, `${perplexity}<=baseline 9.12+0.5`],
      warnedTests: ["gsm8k.exact_match,flexible-extract>=baseline"],
      failedTests: [`${strict}>=0.9`],
      metrics: [
        {
          name: strict,
          value: 0.7551,
          stderr: 0.0118,
          sampleSize: 1319,
          comparator: ">=",
          threshold: 0.9,
          baseline: 0.7551,
          passed: false,
          comparability: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        {
          name: flexible,
          value: 0.7589,
          stderr: 0.0117,
          sampleSize: 1319,
          passed: false,
          comparability: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        {
          name: perplexity,
          value: 9.12,
          sampleSize: 62,
          comparator: "<=",
          threshold: 9.62,
          baseline: 9.12,
          passed: true,
          comparability: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      findings: [
        {
          metric: strict,
          value: "0.7551 ± 0.0118",
          expected: "≥ 0.9000, ≥ baseline - 0.0200",
          baseline: "0.7551",
          outcome: "fail",
          why: "0.1449 below the threshold; equal to the baseline",
        },
        {
          metric: flexible,
          value: "0.7589 ± 0.0117",
          expected: "≥ baseline",
          baseline: "",
          outcome: "incomparable",
          why: "the baseline does not have the metric",
        },
        {
          metric: perplexity,
          value: "9.120",
          expected: "≤ 10.000, ≤ baseline + 0.500",
          baseline: "9.120",
          outcome: "pass",
          why: "equal to the baseline",
        },
      ],
    });
  });

  it("is what evidence can say, and its metrics are held to its thresholds by anyone", () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(value, value, value, value, (mine, champion, min, maxDrop) => {
        const thresholds = only(strict, { min, maxDrop });
        const { findings: _, ...judgement } = judgeEvaluation(valued(mine), thresholds, baselineOf(valued(champion)));
        const predicate = readPredicate("testResult", {
          predicateType: predicateType.testResult,
          predicate: { ...judgement, configuration: [{ name: "evaluation" }] },
        });
        const [metric] = predicate?.metrics ?? [];
        expect(metric?.passed).toBe(judgement.verdict === "pass");
        expect(metric?.passed).toBe(mine >= (metric?.threshold ?? Number.NaN));
      }),
    );
  });

  it("of real results is what it should be", async () => {
    const read = async (name: string) =>
      parseLmEval(await readFile(join(import.meta.dirname, "../../action-fixtures/evaluations", name)), name);
    const thresholds = parseThresholds(
      'model: tiny-llm\nmetrics:\n  "tiny_sums.exact_match,strict-match": {min: 0.7, maxDrop: 0.01}\n',
      "t.yaml",
    );
    const [older, newer, limited] = [
      await read("tiny-llm-1.4.0.json"),
      await read("tiny-llm-1.5.0.json"),
      await read("limited.json"),
    ];
    expect(judgeEvaluation(newer, thresholds, baselineOf(older)).verdict).toBe("pass");
    expect(judgeEvaluation(older, thresholds, undefined).verdict).toBe("pass");
    expect(judgeEvaluation(older, thresholds, baselineOf(newer)).failedTests).toEqual([
      "tiny_sums.exact_match,strict-match>=baseline 0.7975-0.01",
    ]);
    expect(judgeEvaluation(limited, thresholds, undefined).verdict).toBe("incomparable");
    expect(judgeEvaluation(limited, { ...thresholds, allowLimit: true }, baselineOf(older)).findings[0]?.why).toMatch(
      /^the baseline was measured in another way: limit is 20, was not set; n-samples is /,
    );
  });
});
