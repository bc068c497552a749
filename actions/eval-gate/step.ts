import { ContentPool } from "../../src/content/index.ts";
import type { Host, StepRun, Summary } from "../../src/contract/index.ts";
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
  predicateType,
  type Run,
  type TestResult,
  toDigestSet,
} from "../../src/evidence/index.ts";
import { fetchRelease } from "../../src/formats/index.ts";
import { type Digest, digestOf, isDigest, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachBundle,
  collectEvidence,
  findStatement,
  type JudgedEvidence,
  readSigningKey,
  readTrustedKeys,
  signStatement,
} from "../../src/signing/index.ts";
import { type Champion, readChampion } from "./baseline.ts";
import type { contract } from "./contract.ts";
import { evalGateError } from "./errors.ts";
import { readInputFile } from "./read-file.ts";

const mostShown = 30;

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const superseded = supersededBy(inputs.supersedes, inputs["supersedes-reason"]);
  const [pem, password] = [await inputs.key.read(), await inputs.password?.read()];
  for (const secret of [pem, password]) if (secret !== undefined) host.mask(secret.toString("utf8"));
  const key = readSigningKey(pem, password, inputs.key.place);
  const thresholdsBytes = await readInputFile(inputs.thresholds, maxThresholdsBytes);
  const thresholds = parseThresholds(Buffer.from(thresholdsBytes).toString("utf8"), inputs.thresholds);
  const report = parseLmEval(await readInputFile(inputs.results, maxReportBytes), inputs.results);

  await using pool = new ContentPool({ signal: host.signal });
  const options = { pool, signal: host.signal };
  const store = await openStore(inputs.subject, options);
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  requireEvaluations(superseded, await collectEvidence(store, digest, [key.trusted]));
  const trusted =
    inputs["baseline-key"] === undefined
      ? [key.trusted]
      : await readTrustedKeys(inputs["baseline-key"], host.directory);
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
  const present = await findStatement(store, digest, key.trusted, {
    predicateType: predicateType.testResult,
    predicate,
  });
  const payload = encodeStatement(digest, predicateType.testResult, predicate);
  const { version, variant } = form;
  const tag = evidenceTag({ version, variant, check: "evaluation", run: host.run.id, attempt: host.run.attempt });
  const bundle =
    present?.manifest ??
    (
      await attachBundle(store, {
        subject,
        bundle: signStatement(payload, key),
        predicateType: predicateType.testResult,
        tag,
        created: now,
      })
    ).digest;
  const statement = present?.statement ?? digestOf(payload);
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
        { label: "signer", value: key.trusted.fingerprint, code: true },
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
  const { id, attempt, url } = host.run;
  const own: Run = { id, attempt, ...(url === undefined ? {} : { url }) };
  // When it was measured, not when it was signed: signing an old result again does not make it new.
  const measured = report.evaluatedOn !== undefined && report.evaluatedOn < now ? report.evaluatedOn : now;
  return {
    result,
    configuration: [
      { name: "evaluation" },
      { name: "thresholds", digest: toDigestSet(thresholds) },
      { name: `results of ${report.harness}`, digest: toDigestSet(report.digest) },
    ],
    ...(url === undefined ? {} : { url }),
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
    run: own,
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

/** @throws SlipwayError SUPERSEDES_INVALID for what this evaluator has not stated about this release */
function requireEvaluations(
  { supersedes = [] }: Pick<TestResult, "supersedes">,
  evidence: readonly JudgedEvidence[],
): void {
  const own = new Set(evidence.flatMap(({ judgement }) => (judgement.accepted ? [judgement.digest] : [])));
  const unknown = supersedes.map(fromDigestSet).find((digest) => !own.has(digest));
  if (unknown === undefined) return;
  throw evalGateError("SUPERSEDES_INVALID", `${unknown} is no statement of this evaluator about the release`);
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
