import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { flexible, only, perplexity, report, strict, valued } from "./fixtures/judging.ts";
import { judgeEvaluation } from "./judge.ts";

describe("the metric that is meant", () => {
  it.each<[string, string, string, string[]]>([
    [
      "gsm8k.exact_match,strict",
      "EVALUATION_METRIC_MISSING",
      'gsm8k.exact_match,strict; did you mean "gsm8k.exact_match,strict-match"?',
      ["The task has these metrics:", strict, flexible],
    ],
    ["gsm8k.f1,none", "EVALUATION_METRIC_MISSING", "gsm8k.f1,none", ["The task has these metrics:", strict, flexible]],
    [
      "mmlu.acc,none",
      "EVALUATION_METRIC_MISSING",
      "mmlu.acc,none",
      ["The report has these tasks:", "gsm8k", "wikitext"],
    ],
    ["wikitext.alias", "EVALUATION_METRIC_MISSING", "wikitext.alias", ["The task has these metrics:", perplexity]],
    [
      "wikitext.word_perplexity_stderr,none",
      "EVALUATION_METRIC_MISSING",
      'wikitext.word_perplexity_stderr,none; did you mean "wikitext.word_perplexity,none"?',
      ["The task has these metrics:", perplexity],
    ],
    [
      "gsm8k.exact_match",
      "THRESHOLDS_AMBIGUOUS",
      "gsm8k.exact_match has several filters in the evaluation report",
      [strict, flexible],
    ],
  ])("is not %s: %s", async (name, code, message, details) => {
    const error = await expectError(code, () => judgeEvaluation(report(), only(name, { min: 0 }), undefined));
    expect(error.message).toBe(`${code.startsWith("T") ? "" : "the evaluation report has no "}${message}`);
    expect(error.details).toEqual(details);
  });

  it("may be named without its only filter, once", async () => {
    const short = "wikitext.word_perplexity";
    expect(judgeEvaluation(report(), only(short, { max: 10 }), undefined).metrics[0]?.name).toBe(perplexity);
    const twice = { metrics: { [short]: { max: 10 }, [perplexity]: { max: 20 } } };
    const error = await expectError("THRESHOLDS_REPEATED", () => judgeEvaluation(report(), twice, undefined));
    expect(error.message).toBe("wikitext.word_perplexity and wikitext.word_perplexity,none are the same metric");
  });

  it.each<[unknown, string]>([
    ["N/A", '"N/A"'],
    [null, "null"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["0.9", '"0.9"'],
    [true, "true"],
  ])("has a number, not %j", async (value, shown) => {
    for (const name of [strict, perplexity, "wikitext.word_perplexity"]) {
      const thresholds = only(name, name === strict ? { min: 0 } : { max: 100 });
      const error = await expectError("EVALUATION_VALUE_INVALID", () =>
        judgeEvaluation(valued(value, value), thresholds, undefined),
      );
      expect(error.message).toBe(
        `${name === strict ? strict : perplexity} is no number in the evaluation report, but ${shown}`,
      );
    }
    expect(judgeEvaluation(valued(value), only(perplexity, { max: 10 }), undefined).verdict).toBe("pass");
  });
});
