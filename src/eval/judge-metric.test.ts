import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { baselineOf } from "./baseline.ts";
import { judged, only, perplexity, report, strict, valued } from "./fixtures/judging.ts";
import { judgeEvaluation } from "./judge.ts";
import type { Threshold } from "./thresholds.ts";

describe("thresholds alone", () => {
  it.each<[unknown, string, Threshold, string, string]>([
    [0.7, strict, { min: 0.7 }, "pass", ""],
    [0.6999, strict, { min: 0.7 }, "fail", "0.0001 below the threshold"],
    [0.699_999_6, strict, { min: 0.7 }, "fail", "0.0000004 below the threshold"],
    [0, strict, { min: 0 }, "pass", ""],
    [0.7, perplexity, { max: 9.12 }, "pass", ""],
    [0.7, perplexity, { max: 9 }, "fail", "0.1200 above the threshold"],
    [0.8, strict, { min: 0.7, maxDrop: 0.01 }, "pass", ""],
    [0.8, strict, { min: 0.7, minSamples: 1319 }, "pass", ""],
    [0.8, strict, { min: 0.7, minSamples: 1320 }, "incomparable", "1319 samples, and 1320 are needed"],
    [0.1, strict, { min: 0.7, minSamples: 1320 }, "incomparable", "1319 samples, and 1320 are needed"],
  ])("judge the value %j of %s by %j: %s", (value, name, threshold, verdict, why) => {
    expect(judged(valued(value), only(name, threshold), undefined)).toEqual([verdict, why]);
  });

  it("need the number of samples where they ask for one", () => {
    const uncounted = report((file) => {
      file["n-samples"] = {};
      delete file.results["gsm8k"]?.["sample_len"];
    });
    expect(judged(uncounted, only(strict, { min: 0.7, minSamples: 1 }), undefined)).toEqual([
      "incomparable",
      "the report does not say how many samples there were; 1 are needed",
    ]);
  });

  it("record what only a baseline could decide", () => {
    const thresholds = { metrics: { [strict]: { maxDrop: 0.01 }, [perplexity]: { max: 10 } } };
    const { verdict, metrics, findings, passedTests } = judgeEvaluation(report(), thresholds, undefined);
    expect(verdict).toBe("pass");
    expect(passedTests).toEqual([`${perplexity}<=10`]);
    expect(metrics[0]).toMatchObject({ name: strict, value: 0.7551, passed: true });
    expect(metrics[0]).not.toHaveProperty("comparator");
    expect(findings[0]).toEqual({
      metric: strict,
      value: "0.7551 ± 0.0118",
      expected: "",
      baseline: "",
      outcome: "recorded",
      why: "there is no baseline to compare with",
    });
  });

  it("must check something", async () => {
    const thresholds = only(strict, { maxDrop: 0.01 });
    await expectError("THRESHOLDS_CHECK_NOTHING", () => judgeEvaluation(report(), thresholds, undefined));
  });

  it.each<[string, Threshold, string]>([
    [perplexity, { min: 5 }, "lower is better for wikitext.word_perplexity,none, and the thresholds give it a min"],
    [strict, { max: 0.9 }, "higher is better for gsm8k.exact_match,strict-match, and the thresholds give it a max"],
  ])("may not bound %s by %j", async (name, threshold, message) => {
    const error = await expectError("THRESHOLDS_DIRECTION", () =>
      judgeEvaluation(report(), only(name, threshold), undefined),
    );
    expect(error).toMatchObject({ message, family: "configuration" });
  });

  it.each<[Threshold, string]>([
    [{ min: 0.7 }, "pass"],
    [{ max: 0.7 }, "fail"],
  ])("say by %j which direction is good where the report does not", (threshold, verdict) => {
    for (const directions of [{ exact_match: null }, {}]) {
      const silent = report((file) => Object.assign(file.higher_is_better, { gsm8k: directions }));
      expect(judgeEvaluation(silent, only(strict, threshold), undefined).verdict).toBe(verdict);
    }
  });
});

describe("a run of a part of the samples", () => {
  const limited = report((file) => Object.assign(file.config, { limit: 20 }));
  const chosen = report((file) => Object.assign(file["n-samples"], { gsm8k: { original: 1319, effective: 3 } }));

  it.each([
    [limited, "the run was limited (limit 20)"],
    [chosen, "only 3 of the 1319 samples of gsm8k were evaluated"],
  ])("decides nothing unless it may", (partial, why) => {
    expect(judged(partial, only(strict, { min: 0.7 }), undefined)).toEqual(["incomparable", why]);
    expect(judged(partial, only(strict, { min: 0.9 }), undefined)).toEqual(["incomparable", why]);
    expect(judged(partial, only(strict, { min: 0.7 }), baselineOf(partial))).toEqual(["incomparable", why]);
    expect(judged(partial, only(strict, { min: 0.7 }, { allowLimit: false }), undefined)[0]).toBe("incomparable");
    expect(judged(partial, only(strict, { min: 0.7 }, { allowLimit: true }), undefined)).toEqual(["pass", ""]);
    expect(judged(partial, only(strict, { min: 0.9 }, { allowLimit: true }), undefined)[0]).toBe("fail");
  });

  it("decides about the tasks that are whole", () => {
    expect(judged(chosen, only(perplexity, { max: 10 }), undefined)).toEqual(["pass", ""]);
  });
});
