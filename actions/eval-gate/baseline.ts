import type { InputValues } from "../../src/contract/index.ts";
import { type Baseline, baselineOf, maxReportBytes, parseLmEval } from "../../src/eval/index.ts";
import type { Metric } from "../../src/evidence/index.ts";
import { type FormC, fetchRelease } from "../../src/formats/index.ts";
import {
  type Digest,
  formatReference,
  hexOf,
  type ReadableStore,
  type Reference,
  requireDigest,
} from "../../src/oci/index.ts";
import type { SignerTrust } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { evalGateError } from "./errors.ts";
import { signedEvaluations } from "./evaluations.ts";
import { readInputFile } from "./read-file.ts";

/** The champion, and the values to compare with. */
export interface Champion {
  readonly subject: Digest;
  readonly version: string;
  readonly values: Baseline;
}

/**
 * The champion's values: from its own signed evaluation, or from a results file.
 *
 * @param candidate the release that is judged; the champion has its name and variant
 * @throws SlipwayError BASELINE_OTHER_MODEL, BASELINE_UNEVALUATED; what the store throws
 */
export async function readChampion(
  reference: Reference,
  store: ReadableStore,
  inputs: Pick<InputValues<typeof contract.inputs>, "baseline-results">,
  trust: SignerTrust,
  candidate: FormC & { readonly subject: Digest },
): Promise<Champion> {
  const digest = requireDigest(reference);
  const { form } = await fetchRelease(store, { tag: reference.tag, digest });
  const { name, version, variant } = form;
  if (name !== candidate.name || variant !== candidate.variant || digest === candidate.subject) {
    throw evalGateError(
      "BASELINE_OTHER_MODEL",
      digest === candidate.subject
        ? `${formatReference(reference)} is the release that is evaluated`
        : `${formatReference(reference)} is ${name} (${variant}), not ${candidate.name} (${candidate.variant})`,
    );
  }
  const file = inputs["baseline-results"];
  if (file !== undefined) {
    const report = parseLmEval(await readInputFile(file, maxReportBytes), file);
    return { subject: digest, version, values: baselineOf(report) };
  }
  const metrics = await signedMetrics(store, digest, trust);
  if (metrics !== undefined) return { subject: digest, version, values: { metrics } };
  throw evalGateError("BASELINE_UNEVALUATED", `${formatReference(reference)} has no signed evaluation with values`);
}

/** The values of the latest evaluation that no other one superseded. */
async function signedMetrics(
  store: ReadableStore,
  subject: Digest,
  trust: SignerTrust,
): Promise<readonly Metric[] | undefined> {
  const evaluations = await signedEvaluations(store, subject, trust);
  const superseded = new Set(evaluations.flatMap(({ result }) => (result.supersedes ?? []).map((set) => set.sha256)));
  const standing = evaluations
    .filter(({ statement, result }) => !superseded.has(hexOf(statement)) && result.metrics !== undefined)
    .sort((a, b) => (a.result.evaluatedOn ?? "").localeCompare(b.result.evaluatedOn ?? ""));
  return standing.at(-1)?.result.metrics;
}
