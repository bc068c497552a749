import { expect, it } from "vitest";
import { auditReport, orderly, refused, unreadable } from "../../../test/support/audit-report.ts";
import { renderText } from "../text.ts";
import { auditSummary } from "./summary.ts";

const terminal = { width: 100, color: false };

it("answers for one pointer in its title and nine facts", () => {
  expect(renderText(auditSummary(auditReport()), terminal)).toMatchInlineSnapshot(`
    "production runs tiny-llm 1.0.0, approved by platform-lead/lena on 2026-11-21

      Model           tiny-llm, variant default, state production
      Version         1.0.0
      Subject         sha256:5ab10123456789abcdef0123456789abcdef0123456789abcdef0123456789ab
      Since           2026-11-21 14:04 UTC, update by platform-lead/lena
      Approved by     platform-lead/lena, staging → production, 2026-11-21 13:58 UTC
      Signed by       builder/release-ci
      Evaluation      PASSED, signed by evaluator
      Data and code   data corpora/support-chat 2026-10-01, code 4b825dc642cb, training run
                      mlflow:runs/7c1d0f
      How to go back  slipway rollback --pointer deploy/production/tiny-llm.yaml --environment production --reason '…'
      Goes back to    0.9.2
      Repository      https://git.example/ops/models main
      Commit          3b18e512dba79e4c8300dd08aeb37f8e728b8dad
      Policy          sha256:90c10123456789abcdef0123456789abcdef0123456789abcdef0123456789ab
      Answered from   registry and Git, 2026-12-10 07:30 UTC

    Evaluation
      Metric                           Value  Must be  Baseline  Result
      gsm8k.exact_match,strict-match  0.6213    ≥ 0.6    0.5944  ✓ passed
      wikitext.word_perplexity        11.482     ≤ 12      11.9  ✓ passed
      toxicity.score                  0.0031                     ✓ passed
    "
  `);
});

it("answers for several with a table, then with what is not as it should be", () => {
  const report = { ...auditReport([orderly, refused, unreadable]), problems: ["the registry is away"] };
  expect(renderText(auditSummary(report), terminal)).toMatchInlineSnapshot(`
    "production runs 3 models: 2 not in order; 1 problem with the audit

      Repository     https://git.example/ops/models main
      Commit         3b18e512dba79e4c8300dd08aeb37f8e728b8dad
      Policy         sha256:90c10123456789abcdef0123456789abcdef0123456789abcdef0123456789ab
      Answered from  registry and Git, 2026-12-10 07:30 UTC

    What runs
      Model              Version    Since       Approved by         Standing
      tiny-llm default   1.0.0      2026-11-21  platform-lead/lena  ✓ in order
      retina/seg jetson  1.0.0      2026-11-25  platform-lead/lena  ✗ not in order
      speech cpu         not known  not known   nobody              ✗ not in order

    Subjects
      Model              Subject
      tiny-llm default   sha256:5ab10123456789abcdef0123456789abcdef0123456789abcdef0123456789ab
      retina/seg jetson  sha256:5ab10123456789abcdef0123456789abcdef0123456789abcdef0123456789ab
      speech cpu         not known

    How to go back
      Model    tiny-llm default
      To       0.9.2
      Command  slipway rollback --pointer deploy/production/tiny-llm.yaml --environment production --reason '…'

      Model    retina/seg jetson
      To       nothing
      Command  none

      Model    speech cpu
      To       nothing
      Command  none

    To look at
      About              Finding
      the audit          ✗ the registry is away
      retina/seg jetson  ✗ hold: on hold since 2026-11-28: misses small lesions
      retina/seg jetson  ! scan age: the last scan is 41 days old; policy asks for 30
      retina/seg jetson  ! no signed event vouches for commit 0d1d7fc32e8f
      speech cpu         ✗ POINTER_UNREADABLE: deploy/production/speech.yaml is no YAML: line 3: tabs
                         cannot indent

    Waivers
      Model              Gate    To          Until               By                  Reason
      retina/seg jetson  shadow  production  2026-11-30          platform-lead/lena  no traffic to
                                             (expired)                               shadow before the
                                                                                     clinic opens
    "
  `);
});

it("has tables of twenty rows, in which what is wrong is not left out", () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ ...orderly, name: `model-${at}` }));
  const [runs] = auditSummary(auditReport([...many, refused])).tables ?? [];
  expect(runs?.rows).toHaveLength(20);
  expect(runs?.omitted).toBe(281);
  expect(runs?.rows.at(-1)).toEqual([
    "retina/seg jetson",
    "1.0.0",
    "2026-11-25",
    "platform-lead/lena",
    "✗ not in order",
  ]);
});
