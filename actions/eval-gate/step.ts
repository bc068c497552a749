import { ContentPool } from "../../src/content/index.ts";
import { type Host, reachOf, type StepRun, type Summary } from "../../src/contract/index.ts";
import {
  type EvaluationReport,
  type Judgement,
  judgeEvaluation,
  maxReportBytes,
  maxThresholdsBytes,
  parseLmEval,
  parseThresholds,
} from "../../src/eval/index.ts";
import {
  encodeStatement,
  fromDigestSet,
  predicateProblem,
  predicateType,
  statedRun,
  type TestResult,
  toDigestSet,
} from "../../src/evidence/index.ts";
import { fetchRelease } from "../../src/formats/index.ts";
import { type Digest, digestOf, hexOf, isDigest, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachStatement,
  completeStatement,
  findStatement,
  openSigner,
  readTrustedKeys,
  showSignatory,
  signStatement,
  trustKeys,
} from "../../src/signing/index.ts";
import { type Champion, readChampion } from "./baseline.ts";
import type { contract } from "./contract.ts";
import { evalGateError } from "./errors.ts";
import { type SignedEvaluation, signedEvaluations } from "./evaluations.ts";
import { readInputFile } from "./read-file.ts";

const mostShown = 30;

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const superseded = supersededBy(inputs.supersedes, inputs["supersedes-reason"]);
  if (inputs["baseline-results"] !== undefined && inputs.baseline === undefined) {
    throw evalGateError("BASELINE_UNNAMED", "`baseline-results` was given without `baseline`");
  }
  const signer = await openSigner(inputs, host);
  const thresholdsBytes = await readInputFile(inputs.thresholds, maxThresholdsBytes);
  const thresholds = parseThresholds(Buffer.from(thresholdsBytes).toString("utf8"), inputs.thresholds);
  const report = parseLmEval(await readInputFile(inputs.results, maxReportBytes), inputs.results);

  await using pool = new ContentPool({ signal: host.signal });
  const options = { pool, signal: host.signal, reach: reachOf(inputs, host) };
  const store = await openStore(inputs.subject, options);
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  requireEvaluations(superseded, await signedEvaluations(store, digest, signer.recognises));
  const trusted =
    inputs["baseline-key"] === undefined
      ? signer.recognises
      : trustKeys(await readTrustedKeys(inputs["baseline-key"], host.directory));
  const champion =
    inputs.baseline === undefined
      ? undefined
      : await readChampion(inputs.baseline, await openStore(inputs.baseline, options), inputs, trusted, {
          ...form,
          subject: digest,
        });

  const judgement = judgeEvaluation(report, thresholds, champion?.values);
  const now = host.now();
  const predicate = predicateOf(judgement, {
    report,
    thresholds: digestOf(thresholdsBytes),
    champion,
    superseded,
    now,
    host,
  });
  const problem = predicateProblem(predicateType.testResult, predicate);
  if (problem !== undefined) {
    throw evalGateError("EVALUATION_UNSTATABLE", `the evidence of the evaluation is malformed: ${problem}`);
  }
  const present = await findStatement(store, digest, signer, {
    predicateType: predicateType.testResult,
    predicate,
  });
  const payload = encodeStatement(digest, predicateType.testResult, predicate);
  const { version, variant } = form;
  const statement = present?.statement ?? digestOf(payload);
  const { fingerprint } = signer.signatory;
  // One run may evaluate a release on several suites, by several keys; each evaluation has a tag of its own.
  const check = `evaluation-${hexOf(digestOf(`${statement} ${fingerprint}`)).slice(0, 8)}`;
  const tag = evidenceTag({ version, variant, check, run: host.run.id, attempt: host.run.attempt });
  if (present?.storage === "bundle" && present.tag !== undefined) {
    await completeStatement(store, {
      subject,
      tag: present.tag,
      format: inputs.format,
      predicateType: predicateType.testResult,
      signer,
    });
  }
  const bundle =
    present?.holder ??
    (
      await attachStatement(store, {
        subject,
        bundle: await signStatement(payload, signer),
        predicateType: predicateType.testResult,
        tag,
        created: now,
        format: inputs.format,
        signer,
      })
    ).digest;
  const refusal = refusalOf(judgement, `${form.name} ${version} ${variant}`);
  return {
    outputs: {
      verdict: judgement.verdict,
      statement,
      bundle,
      tag,
      failed: judgement.failedTests.length,
      subject: digest,
    },
    summary: summaryOf(judgement, {
      title: `${form.name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: digest, code: true },
        {
          label: "compared with",
          value: champion === undefined ? "thresholds only" : `the champion ${champion.version}`,
        },
        { label: "evaluated by", value: report.harness },
        { label: "statement", value: statement, code: true },
        { label: "tag", value: tag, code: true },
        { label: "signer", value: showSignatory(signer.signatory), code: true },
      ],
    }),
    ...(refusal === undefined ? {} : { refusal }),
  };
};

function predicateOf(
  { result, verdict, metrics, passedTests, warnedTests, failedTests }: Judgement,
  context: {
    readonly report: EvaluationReport;
    readonly thresholds: Digest;
    readonly champion: Champion | undefined;
    readonly superseded: Pick<TestResult, "supersedes" | "supersedesReason">;
    readonly now: Date;
    readonly host: Host;
  },
): TestResult {
  const { report, thresholds, champion, superseded, now, host } = context;
  const run = statedRun(host.run);
  // When it was measured, not when it was signed: signing an old result again does not make it new.
  const measured = report.evaluatedOn !== undefined && report.evaluatedOn < now ? report.evaluatedOn : now;
  return {
    result,
    configuration: [
      { name: "evaluation" },
      { name: "thresholds", digest: toDigestSet(thresholds) },
      { name: `results of ${report.harness}`, digest: toDigestSet(report.digest) },
    ],
    ...(run.url === undefined ? {} : { url: run.url }),
    passedTests: [...passedTests],
    warnedTests: [...warnedTests],
    failedTests: [...failedTests],
    verdict,
    metrics: [...metrics],
    ...(champion === undefined
      ? {}
      : { baseline: { digest: toDigestSet(champion.subject), version: champion.version } }),
    ...superseded,
    evaluatedOn: measured.toISOString(),
    run,
  };
}

/** @throws SlipwayError SUPERSEDES_INVALID */
function supersededBy(
  digests: readonly string[] | undefined,
  why: string | undefined,
): Pick<TestResult, "supersedes" | "supersedesReason"> {
  if (digests === undefined || digests.length === 0) {
    if (why === undefined) return {};
    throw evalGateError("SUPERSEDES_INVALID", "`supersedes-reason` was given without `supersedes`");
  }
  if (why === undefined) throw evalGateError("SUPERSEDES_INVALID", "`supersedes` was given without a reason");
  const supersedes = digests.map((text) => {
    if (isDigest(text)) return toDigestSet(text);
    throw evalGateError("SUPERSEDES_INVALID", `"${text.slice(0, 80)}" is not a digest`);
  });
  return { supersedes, supersedesReason: why };
}

/** @throws SlipwayError SUPERSEDES_INVALID for what is no evaluation of this release by this evaluator */
function requireEvaluations(
  { supersedes = [] }: Pick<TestResult, "supersedes">,
  evaluations: readonly SignedEvaluation[],
): void {
  const own = new Set(evaluations.map(({ statement }) => statement));
  const unknown = supersedes.map(fromDigestSet).find((digest) => !own.has(digest));
  if (unknown === undefined) return;
  throw evalGateError("SUPERSEDES_INVALID", `${unknown} is no evaluation of the release by this evaluator`);
}

function refusalOf({ verdict, findings }: Judgement, label: string) {
  const lines = findings.filter(({ outcome }) => outcome === "fail" || outcome === "incomparable");
  const details = lines.map(({ metric, why }) => `${metric}: ${why}`);
  if (verdict === "fail") {
    const failed = findings.filter(({ outcome }) => outcome === "fail").length;
    const message = `${label} failed ${failed} of ${findings.length} tests`;
    return evalGateError("EVALUATION_FAILED", message, { details });
  }
  if (verdict === "incomparable") {
    return evalGateError("EVALUATION_INCOMPARABLE", `${label} cannot be compared`, { details });
  }
  return undefined;
}

const words = { pass: "Passed", fail: "Failed", incomparable: "Incomparable" } as const;
const signs = { pass: "✓ pass", fail: "✗ fail", incomparable: "? incomparable", recorded: "recorded" } as const;

function summaryOf({ verdict, findings }: Judgement, { title, facts }: Summary): Summary {
  const shown = findings.slice(0, mostShown);
  return {
    title: `${words[verdict]} evaluation of ${title}`,
    facts,
    tables: [
      {
        title: "Metrics",
        columns: [
          { name: "metric" },
          { name: "value", align: "right" },
          { name: "expected", align: "right" },
          { name: "champion", align: "right" },
          { name: "outcome" },
        ],
        rows: shown.map(({ metric, value, expected, baseline, outcome }) => [
          metric,
          value,
          expected,
          baseline,
          signs[outcome],
        ]),
        omitted: findings.length - shown.length,
      },
    ],
  };
}
