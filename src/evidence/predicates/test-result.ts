import * as z from "zod";
import { digestSetSchema, reasonSchema, runSchema, timeSchema } from "./parts.ts";

const descriptorSchema = z.looseObject({
  name: z.string().optional(),
  uri: z.string().optional(),
  digest: z.record(z.string(), z.string()).optional(),
});

/** One number that was compared with a threshold; the names follow in-toto's proposed `eval-result`. */
const metricSchema = z.strictObject({
  /** `<task>.<metric>,<filter>`, as lm-evaluation-harness names it: `gsm8k.exact_match,strict-match`. */
  name: z.string().min(1).max(300),
  value: z.number(),
  stderr: z.number().nonnegative().exactOptional(),
  sampleSize: z.int().nonnegative().exactOptional(),
  /** What the value had to be; absent when it was only recorded. */
  comparator: z.enum([">=", "<="]).exactOptional(),
  threshold: z.number().exactOptional(),
  /** The champion's value and what the candidate may fall behind it. */
  baseline: z.number().exactOptional(),
  passed: z.boolean(),
  /** Everything that must be equal for two values to be comparable, hashed: task, version, shots, samples, limit … */
  comparability: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});
export type Metric = z.infer<typeof metricSchema>;

/**
 * in-toto test-result v0.1 (spec/predicates/test-result.md) with Slipway's additions. Unknown members are allowed, as
 * the specification demands. `configuration[0].name` says which check it is: `evaluation`, `shadow`, `canary`.
 */
export const testResultSchema = z.looseObject({
  result: z.enum(["PASSED", "WARNED", "FAILED"]),
  configuration: z.array(descriptorSchema).min(1).max(100),
  url: z.string().optional(),
  passedTests: z.array(z.string()).max(1000).optional(),
  warnedTests: z.array(z.string()).max(1000).optional(),
  failedTests: z.array(z.string()).max(1000).optional(),
  /** Why, for people: `incomparable` is WARNED, since it neither passed nor failed. */
  verdict: z.enum(["pass", "fail", "incomparable"]).optional(),
  metrics: z.array(metricSchema).max(1000).optional(),
  /** The subject whose values were the baseline. */
  baseline: z.looseObject({ digest: digestSetSchema, version: z.string().optional() }).optional(),
  /** Earlier statements (digests of their payloads) that this one replaces, and why it may. */
  supersedes: z.array(digestSetSchema).max(100).optional(),
  supersedesReason: reasonSchema.optional(),
  evaluatedOn: timeSchema.optional(),
  run: runSchema.optional(),
});
export type TestResult = z.infer<typeof testResultSchema>;

/** The check that a test result is about. */
export function checkOf(result: TestResult): string {
  return result.configuration[0]?.name ?? "";
}
