import type { AuditedPointer, AuditReport } from "../../src/report/index.ts";

/** `sha256:` and 64 digits that begin with the ones given. */
export function digestOf(start: string): string {
  return `sha256:${hex(start)}`;
}

function hex(start: string): string {
  return start.padEnd(64, "0123456789abcdef");
}

const lena = { role: "platform-lead", key: "lena", fingerprint: hex("1e4a") };
const agent = { role: "mlops", key: "ci-agent", fingerprint: hex("c1a9") };
const run = { id: "4711", attempt: 1, url: "https://ci.example/runs/4711" };

export const passedEvaluation: NonNullable<AuditedPointer["evaluation"]> = {
  result: "PASSED",
  on: "2026-11-05T22:40:00Z",
  run: { id: "4490", attempt: 1, url: "https://ci.example/runs/4490" },
  signedBy: "evaluator",
  statement: digestOf("e7a1"),
  baselineVersion: "0.9.2",
  metrics: [
    {
      name: "gsm8k.exact_match,strict-match",
      value: 0.6213,
      stderr: 0.0121,
      sampleSize: 1319,
      comparator: ">=",
      threshold: 0.6,
      baseline: 0.5944,
      passed: true,
    },
    {
      name: "wikitext.word_perplexity",
      value: 11.482,
      comparator: "<=",
      threshold: 12,
      baseline: 11.9,
      passed: true,
    },
    { name: "toxicity.score", value: 0.0031, sampleSize: 5000, passed: true },
  ],
};

/** A release in order, with everything that a report can say about it. */
export const orderly: AuditedPointer = {
  name: "tiny-llm",
  variant: "default",
  file: "deploy/production/tiny-llm.yaml",
  problem: undefined,
  runs: {
    version: "1.0.0",
    subject: digestOf("5ab1"),
    digest: digestOf("f0a3"),
    uri: `registry.example/models/tiny-llm@${digestOf("f0a3")}`,
  },
  state: "production",
  verdict: {
    ok: true,
    findings: [
      { rule: "signature", ok: true, finding: "signed by release-builder" },
      { rule: "state", ok: true, finding: "production was reached on 2026-11-21" },
      { rule: "hold", ok: true, finding: "no hold on this subject" },
    ],
  },
  since: {
    at: "2026-11-21T15:04:05+01:00",
    commit: "9fceb02d0ae598e95dc970b74767f19372d61af8",
    author: "Slipway <ci@example.com>",
    action: "update",
    reason: "release 1.0.0 after two weeks of shadow traffic",
    by: lena,
    run,
  },
  approvals: [
    {
      ...agent,
      from: "experimental",
      to: "staging",
      on: "2026-11-06T09:12:00Z",
      reason: undefined,
      statement: digestOf("a001"),
      run: { id: "4502", attempt: 2 },
      evidence: [
        { gate: "owner", finding: "team-language", signedBy: undefined, statement: undefined },
        { gate: "scan", finding: "no finding above medium", signedBy: "scanner", statement: digestOf("5ca7") },
      ],
    },
    {
      ...lena,
      from: "staging",
      to: "production",
      on: "2026-11-21T13:58:00Z",
      reason: "shadow run agrees with the champion on 99.2 % of requests",
      statement: digestOf("a002"),
      run,
      evidence: [
        { gate: "shadow", finding: "PASSED on 2026-11-20", signedBy: "evaluator", statement: digestOf("5ad0") },
        { gate: "rollback plan", finding: "0.9.2 is verifiable", signedBy: "lena", statement: digestOf("b4c4") },
      ],
    },
  ],
  evidence: [
    {
      fact: "signature",
      signedBy: "builder/release-ci",
      identity: undefined,
      statement: digestOf("51a7"),
      tag: "1.0.0-default_sign-0a1b2c3d.4480.1",
      at: undefined,
      proven: false,
    },
    {
      fact: "evaluation PASSED",
      signedBy: "evaluator/judge",
      identity: "https://ci.example/eval.yml@refs/heads/main (https://issuer.example)",
      statement: digestOf("e7a1"),
      tag: "1.0.0-default_evaluation-4d3c2b1a.4490.1",
      at: "2026-11-05T22:41:00Z",
      proven: true,
    },
  ],
  evaluation: passedEvaluation,
  origin: {
    trainingRun: "mlflow:runs/7c1d0f",
    dataset: "corpora/support-chat",
    datasetVersion: "2026-10-01",
    codeCommit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    codeRepository: "https://git.example/ml/tiny-llm",
    baseModel: "smollm2-135m",
    trainedAt: "2026-10-30T04:00:00Z",
    trainedBy: "train-pipeline",
    owner: "team-language",
  },
  waivers: [],
  replaced: {
    version: "0.9.2",
    subject: digestOf("0092"),
    from: "2026-09-02T08:00:00Z",
    until: "2026-11-21T14:04:05Z",
  },
  goBack: {
    command: "slipway rollback --pointer deploy/production/tiny-llm.yaml --environment production --reason '…'",
    candidates: [
      { version: "0.9.2", subject: digestOf("0092"), accepted: true, why: "ran here until 2026-11-21, verified" },
      {
        version: "0.9.1",
        subject: digestOf("0091"),
        accepted: false,
        why: "on hold since 2026-09-02: answers in German",
      },
    ],
  },
  history: [
    {
      at: "2026-11-21T14:04:05Z",
      commit: "9fceb02d0ae598e95dc970b74767f19372d61af8",
      version: "1.0.0",
      action: "update",
      by: "platform-lead/lena",
      reason: "release 1.0.0 after two weeks of shadow traffic",
    },
    {
      at: "2026-09-02T08:00:00Z",
      commit: "1c002dd4b536e7479fe34593e72e6c6c1819e53b",
      version: "0.9.2",
      action: "rollback",
      by: "on-call/omar",
      reason: "0.9.1 answers in German",
    },
    {
      at: "2026-09-01T16:30:00Z",
      commit: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
      version: "0.9.1",
      action: "unrecorded",
      by: undefined,
      reason: undefined,
    },
  ],
  holds: [{ subject: digestOf("0091"), version: "0.9.1", since: "2026-09-02T08:00:00Z", reason: "answers in German" }],
};

/** Runs, and is refused; a waiver has expired. */
export const refused: AuditedPointer = {
  ...orderly,
  name: "retina/seg",
  variant: "jetson",
  file: "deploy/production/retina-seg.json",
  verdict: {
    ok: false,
    findings: [
      { rule: "signature", ok: true, finding: "signed by release-builder" },
      { rule: "hold", ok: false, finding: "on hold since 2026-11-28: misses small lesions" },
      { rule: "scan age", ok: true, warning: true, finding: "the last scan is 41 days old; policy asks for 30" },
    ],
  },
  since: {
    at: "2026-11-25T10:00:00Z",
    commit: "0d1d7fc32e8fcd3f6a1f7b4dbfdd3a6cd1f3c6d7",
    author: "Kim <kim@example.com>",
    action: "unrecorded",
    reason: undefined,
    by: undefined,
    run: undefined,
  },
  evaluation: {
    result: "WARNED",
    on: undefined,
    run: undefined,
    signedBy: "evaluator",
    statement: digestOf("e7a2"),
    baselineVersion: undefined,
    metrics: [
      { name: "dice.mean", value: 0.871, comparator: ">=", threshold: 0.88, passed: false },
      { name: "dice.worst", value: 0.702, comparator: ">=", threshold: 0.7, passed: true },
    ],
  },
  origin: { owner: "team-vision", dataset: "retina-2025" },
  waivers: [
    {
      gate: "shadow",
      to: "production",
      reason: "no traffic to shadow before the clinic opens",
      until: "2026-11-30T00:00:00Z",
      by: "platform-lead/lena",
      expired: true,
    },
  ],
  replaced: undefined,
  goBack: {
    command: "slipway rollback --pointer deploy/production/retina-seg.json --environment production --withdraw",
    candidates: [],
  },
};

/** Cannot be read, so that almost nothing is known. */
export const unreadable: AuditedPointer = {
  name: "speech",
  variant: "cpu",
  file: "deploy/production/speech.yaml",
  problem: "POINTER_UNREADABLE: deploy/production/speech.yaml is no YAML: line 3: tabs cannot indent",
  runs: undefined,
  state: undefined,
  verdict: { ok: false, findings: [] },
  since: undefined,
  approvals: [],
  evaluation: undefined,
  evidence: [],
  origin: {},
  waivers: [],
  replaced: undefined,
  goBack: { command: "git log -- deploy/production/speech.yaml", candidates: [] },
  history: [],
  holds: [],
};

export function auditReport(pointers: readonly AuditedPointer[] = [orderly]): AuditReport {
  return {
    generatedAt: "2026-12-10T07:30:00Z",
    environment: "production",
    repository: "https://git.example/ops/models",
    branch: "main",
    commit: "3b18e512dba79e4c8300dd08aeb37f8e728b8dad",
    policy: digestOf("90c1"),
    source: "registry and Git",
    pointers,
    problems: [],
  };
}
