import type { Digest } from "../oci/index.ts";

/** What an evaluation harness reported about one model. */
export interface EvaluationReport {
  /** The name or path that the harness was given; asserted by whoever ran it. */
  readonly model: string | undefined;
  readonly tasks: readonly TaskResult[];
  /** `lm-eval 0.4.12` */
  readonly harness: string;
  /** `limit` of a run that saw a part of the samples only: a number of samples, or a share. */
  readonly limit: string | undefined;
  /** When the evaluation started, as the harness says. */
  readonly evaluatedOn: Date | undefined;
  /** Of the bytes of the report. */
  readonly digest: Digest;
}

/** The results of one task, or of a group of tasks. */
export interface TaskResult {
  readonly task: string;
  readonly version: string;
  /** Lower-case hexadecimal SHA-256 of everything that must be equal for two results to be comparable. */
  readonly comparability: string;
  /** What went into it, as short texts, to explain what differs. */
  readonly comparabilityFacts: Facts;
  /** `only 20 of the 400 samples of gsm8k were evaluated`; undefined when all were. */
  readonly partial: string | undefined;
  readonly metrics: readonly MetricResult[];
  /** Metrics whose value is no finite number, with what stands there instead. */
  readonly invalid: readonly InvalidMetric[];
}

export type Facts = Readonly<Record<string, string>>;

interface MetricName {
  /** `gsm8k.exact_match,strict-match` */
  readonly name: string;
  readonly metric: string;
  readonly filter: string;
}

export interface MetricResult extends MetricName {
  readonly value: number;
  readonly stderr: number | undefined;
  readonly sampleSize: number | undefined;
  /** Undefined when the harness does not say, or the members of a group disagree. */
  readonly higherIsBetter: boolean | undefined;
}

export interface InvalidMetric extends MetricName {
  readonly shown: string;
}
