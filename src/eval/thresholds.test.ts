import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { maxThresholdsBytes, parseThresholds, thresholdsJsonSchema } from "./thresholds.ts";

const metric = '"gsm8k.exact_match,strict-match"';

describe("thresholds", () => {
  it("are read as they are written", () => {
    const text = `
model: tiny-llm
allowLimit: true
metrics:
  ${metric}: # the one that counts
    min: 0.70
    maxDrop: 0.01
    minSamples: 1000
  wikitext.word_perplexity: {max: 10}
  cmmlu-5-shot.v2.acc_norm,none: {maxDrop: 0}
  belebele.acc,a b: {min: -1}
`;
    expect(parseThresholds(text, "t.yaml")).toEqual({
      model: "tiny-llm",
      allowLimit: true,
      metrics: {
        "gsm8k.exact_match,strict-match": { min: 0.7, maxDrop: 0.01, minSamples: 1000 },
        "wikitext.word_perplexity": { max: 10 },
        "cmmlu-5-shot.v2.acc_norm,none": { maxDrop: 0 },
        "belebele.acc,a b": { min: -1 },
      },
    });
  });

  it.each([
    ["metrics: {}", "INVALID", "1:10: metrics has no metric"],
    ["model: a", "INVALID", "1:1: metrics is missing"],
    [`metrics: {${metric}: {}}`, "INVALID", "gsm8k.exact_match,strict-match checks nothing; give it min or max"],
    [`metrics: {${metric}: {minSamples: 5}}`, "INVALID", "checks nothing"],
    [`metrics: {${metric}: {min: 1, max: 2}}`, "INVALID", "has both min and max"],
    [`metrics: {${metric}: {min: .nan}}`, "INVALID", "strict-match.min must be a number"],
    [`metrics: {${metric}: {min: .inf}}`, "INVALID", "strict-match.min must be a number"],
    [`metrics: {${metric}: {min: "0.7"}}`, "INVALID", 'must be a number; found "0.7"'],
    [`metrics: {${metric}: {maxDrop: -0.1}}`, "INVALID", "must be a number, 0 or more"],
    [`metrics: {${metric}: {min: 1, minSamples: 0}}`, "INVALID", "must be a whole number above 0"],
    [`metrics: {${metric}: {min: 1, minSamples: 1.5}}`, "INVALID", "must be a whole number above 0"],
    [`metrics: {${metric}: 0.7}`, "INVALID", "must be a mapping with min or max"],
    [`metrics: [${metric}]`, "INVALID", "must be a mapping of metrics"],
    ["metrics: {gsm8k: {min: 1}}", "INVALID", 'the name "gsm8k" in metrics must be <task>.<metric>'],
    ["metrics: {.acc: {min: 1}}", "INVALID", "must be <task>.<metric>"],
    ['metrics: {"gsm8k.acc,": {min: 1}}', "INVALID", "must be <task>.<metric>"],
    [`metrics: {"a.b\\n": {min: 1}}`, "INVALID", "must be <task>.<metric>"],
    [`allowLimit: yes\nmetrics: {a.b: {min: 1}}`, "INVALID", "allowLimit must be true or false"],
    [`model: 5\nmetrics: {a.b: {min: 1}}`, "INVALID", "model must be the name"],
    [
      `metrics: {${metric}: {mn: 1}}`,
      "UNKNOWN_KEY",
      'unknown key "mn" in metrics.gsm8k.exact_match,strict-match; did you mean "min"?',
    ],
    [`metrics: {a.b: {max_drop: 1}}`, "UNKNOWN_KEY", 'did you mean "maxDrop"?'],
    ["metric: {a.b: {min: 1}}", "UNKNOWN_KEY", 'did you mean "metrics"?'],
    ["min: 1\nmetrics: {a.b: {min: 1}}", "UNKNOWN_KEY", "it belongs to metrics.<name>.min"],
    ["metrics: {a.b: {min: 1}, a.b: {min: 0}}", "DUPLICATE_KEY", 'the key "a.b" is here a second time'],
    ["metrics: {a.b: {min: 1}", "SYNTAX", "never closed"],
    ["metrics: {__proto__: {min: 1}, a.b: {min: 1}}", "UNSUPPORTED", "__proto__"],
    ["# nothing\n", "EMPTY", "nothing here"],
    [`#${"x".repeat(maxThresholdsBytes)}`, "TOO_LARGE", "t.yaml is larger than 256 KiB"],
    [
      `metrics:\n${Array.from({ length: 401 }, (_, i) => `  a.b${i}: {min: 1}\n`).join("")}`,
      "INVALID",
      "metrics has more than 400 metrics",
    ],
  ])("are refused as in row %#", async (text, code, problem) => {
    const error = await expectError(`THRESHOLDS_${code}`, () => parseThresholds(text, "t.yaml"));
    expect(error.message).toContain(problem);
    expect(error.details).toEqual([]);
    expect(error.family).toBe("configuration");
  });

  it("are described by a JSON Schema", () => {
    expect(thresholdsJsonSchema()).toMatchObject({
      $id: "urn:slipway:schema:thresholds:v1",
      required: ["metrics"],
      additionalProperties: false,
      properties: { metrics: { additionalProperties: { additionalProperties: false } } },
    });
  });
});
