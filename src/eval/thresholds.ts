import * as z from "zod";
import { type DocumentProblem, line, publishedSchema, quantity, readDocument, textLike } from "../documents/index.ts";
import { evaluationError } from "./errors.ts";

/** Larger thresholds are refused unread. */
export const maxThresholdsBytes = 256 * 1024;
/** Evidence has room for a thousand tests, and a metric has two. */
const maxMetrics = 400;

const metricName = textLike(
  '<task>.<metric>, with ",<filter>" where there are several, such as "gsm8k.exact_match,strict-match"',
  { pattern: /^[^\s.,][^,\p{Cc}]*\.[^.,\p{Cc}][^,\p{Cc}]*(?:,[^\p{Cc}]+)?$/u, maxLength: 300 },
);

const bound = z.number({ error: "a number" });

const thresholdSchema = z
  .strictObject(
    {
      min: bound.describe("Lowest value that passes; for a metric whose higher values are better.").exactOptional(),
      max: bound.describe("Highest value that passes; for a metric whose lower values are better.").exactOptional(),
      maxDrop: quantity("a number, 0 or more", { orZero: true })
        .describe("How much worse than the baseline the value may be, in the metric's own unit; 0 when left out.")
        .exactOptional(),
      minSamples: z
        .int({ error: "a whole number above 0" })
        .positive({ error: "a whole number above 0" })
        .describe("With fewer samples the value decides nothing.")
        .exactOptional(),
    },
    { error: "a mapping with min or max, maxDrop, or both" },
  )
  .superRefine(
    (threshold, context) => {
      const message = contradiction(threshold);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    },
    // A misspelt key is not a missing one.
    { when: ({ issues }) => issues.length === 0 },
  );

/** What one metric must reach: `min` or `max`, `maxDrop`, or one of the first two beside the last. */
export interface Threshold {
  readonly min?: number;
  readonly max?: number;
  readonly maxDrop?: number;
  readonly minSamples?: number;
}

const thresholdsSchema = z.strictObject(
  {
    model: line("the name of the model that is evaluated")
      .describe("The model that the report must be about: the name or path that lm_eval was given, or its last part.")
      .exactOptional(),
    allowLimit: z
      .boolean({ error: "true or false" })
      .describe("Lets a run that saw a part of the samples decide, for trying things out.")
      .exactOptional(),
    metrics: z
      .record(metricName, thresholdSchema, { error: "a mapping of metrics to what they must reach" })
      .superRefine((metrics, context) => {
        const size = Object.keys(metrics).length;
        const problem = size === 0 ? "has no metric" : size > maxMetrics ? `has more than ${maxMetrics} metrics` : "";
        if (problem !== "") context.addIssue({ code: "custom", message: problem });
      })
      .meta({ minProperties: 1, maxProperties: maxMetrics })
      .describe("Metrics as <task>.<metric>,<filter>; the filter may be left out where there is one."),
  },
  { error: "a mapping with metrics" },
);

function contradiction({ min, max, maxDrop }: Threshold): string | undefined {
  if (min !== undefined && max !== undefined) return "has both min and max; a metric is better in one direction only";
  return min === undefined && max === undefined && maxDrop === undefined
    ? "checks nothing; give it min or max, maxDrop, or both"
    : undefined;
}

/** What an evaluation must reach. */
export type Thresholds = z.infer<typeof thresholdsSchema>;

/** The thresholds as JSON Schema 2020-12, for editors. */
export function thresholdsJsonSchema(): Record<string, unknown> {
  return publishedSchema("urn:slipway:schema:thresholds:v1", "Thresholds of an evaluation", thresholdsSchema);
}

const codeOf: Readonly<Record<DocumentProblem["kind"], keyof typeof evaluationError.definitions>> = {
  "too-large": "THRESHOLDS_TOO_LARGE",
  empty: "THRESHOLDS_EMPTY",
  syntax: "THRESHOLDS_SYNTAX",
  unsupported: "THRESHOLDS_UNSUPPORTED",
  duplicate: "THRESHOLDS_DUPLICATE_KEY",
  "unknown-key": "THRESHOLDS_UNKNOWN_KEY",
  invalid: "THRESHOLDS_INVALID",
  conflict: "THRESHOLDS_INVALID",
};

/**
 * Reads thresholds: YAML 1.2 that has every key it needs and none that is not known. All problems are reported together.
 *
 * @param file name for messages
 * @throws SlipwayError THRESHOLDS_TOO_LARGE, THRESHOLDS_EMPTY, THRESHOLDS_SYNTAX, THRESHOLDS_UNSUPPORTED,
 *   THRESHOLDS_DUPLICATE_KEY, THRESHOLDS_UNKNOWN_KEY, THRESHOLDS_INVALID: the first problem's
 */
export function parseThresholds(text: string, file: string): Thresholds {
  const { content, problem } = readDocument(text, file, maxThresholdsBytes, {
    schema: thresholdsSchema,
    jsonSchema: thresholdsJsonSchema,
  });
  if (problem === undefined) return content;
  throw evaluationError(codeOf[problem.kind], problem.message, { details: problem.details });
}
