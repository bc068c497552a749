import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../support/git.ts";
import { buildScene, modelName, type Releases, replaceIn, resultsOf } from "../support/release-scene.ts";
import { peer, run } from "./peers.ts";

/*
 * The night of an on-call engineer: real act runs a workflow of the built actions that goes back to the last good
 * release, and then lets the next one be evaluated and promoted.
 */

const root = resolve(import.meta.dirname, "../..");
let directory: string;
let work: string;
let gitops: string;
let releases: Releases;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-act-release-"));
  const scene = await buildScene(join(directory, "scene"));
  ({ releases } = scene);
  work = scene.moments.replaced;
  gitops = join(directory, "gitops.git");
  await rename(join(work, "gitops.git"), gitops);
  await replaceIn(join(work, "release-policy.yaml"), "repository: gitops.git", `repository: ${gitops}`);
  for (const folder of ["dist", "actions"]) await cp(join(root, folder), join(work, folder), { recursive: true });
  await mkdir(join(work, ".github", "workflows"), { recursive: true });
  await writeFile(join(work, ".github", "workflows", "night.yml"), workflow(releases));
  // The keys come as secrets.
  await rename(join(work, "keys"), join(directory, "keys"));
  git(work, "init", "-q");
  git(work, "add", "-A", "-f");
  git(work, "commit", "-q", "-m", "model");
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

const workflow = ({ champion, staged, fresh }: Releases) => `name: night
on:
  workflow_dispatch:
    inputs:
      reason: {required: true, type: string}
permissions:
  contents: read
jobs:
  night:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          persist-credentials: false
      - id: rollback
        uses: ./actions/rollback
        env: {ENGINEER: "\${{ secrets.ENGINEER }}"}
        with: {model: ${modelName}, environment: production, reason: "\${{ inputs.reason }}", key: "env://ENGINEER"}
      - id: again
        continue-on-error: true
        uses: ./actions/update-pointer
        env: {ENGINEER: "\${{ secrets.ENGINEER }}"}
        with: {subject: "${staged}", environment: production, reason: Again, key: "env://ENGINEER"}
      - id: verify
        uses: ./actions/verify
        with: {subject: "${champion}", for: deploy, environment: production, policy: release-policy.yaml}
      - id: evaluate
        uses: ./actions/eval-gate
        env: {EVALUATOR: "\${{ secrets.EVALUATOR }}"}
        with: {subject: "${fresh}", results: "${resultsOf("1.2.0")}", baseline: "${staged}", key: "env://EVALUATOR"}
      - id: waive
        uses: ./actions/attest
        env: {LEAD: "\${{ secrets.LEAD }}"}
        with: {subject: "${fresh}", type: waiver, gate: scan, to: staging, reason: Not yet, until: "\${{ vars.UNTIL }}", key: "env://LEAD"}
      - id: plan
        uses: ./actions/promote
        with: {subject: "${fresh}", to: staging, plan: true}
      - id: promote
        uses: ./actions/promote
        env: {ENGINEER: "\${{ secrets.ENGINEER }}"}
        with: {subject: "${fresh}", to: staging, key: "env://ENGINEER"}
      - id: audit
        uses: ./actions/audit
        with: {environment: production, page: audit.html}
      - if: always()
        env:
          RESULTS: \${{ toJSON(steps) }}
          OUT: \${{ vars.OUT }}
        run: |
          printf '%s' "$RESULTS" > "$OUT/results.json"
          cp audit.html "$OUT/" || true
`;

it("rolls back, refuses what is held, and promotes the next release", { timeout: 120_000 }, async () => {
  const out = await mkdtemp(join(tmpdir(), "slipway-act-out-"));
  try {
    const names = { ENGINEER: "engineer", EVALUATOR: "evaluator", LEAD: "lead" };
    const keys = await Promise.all(
      Object.entries(names).map(
        async ([name, file]) => [name, await readFile(join(directory, "keys", `${file}.pem`), "utf8")] as const,
      ),
    );
    await writeFile(join(out, "secrets"), keys.map(([name, pem]) => `${name}=${JSON.stringify(pem)}\n`).join(""));
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const vars = ["--var", `OUT=${out}`, "--var", `UNTIL=${tomorrow}`];
    const inputs = ["--input", "reason=Latency doubled at 3 a.m."];
    const result = await run(
      peer("act"),
      [
        "workflow_dispatch",
        "-P",
        "ubuntu-latest=-self-hosted",
        "--secret-file",
        join(out, "secrets"),
        ...vars,
        ...inputs,
      ],
      { cwd: work, timeout: 110_000, env: { HOME: out, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` } },
    );
    expect(result.code, `${result.stdout}\n${result.stderr}`).toBe(0);
    const steps = JSON.parse(await readFile(join(out, "results.json"), "utf8"));
    expect(steps.rollback.outputs).toMatchObject({
      "from-version": "1.1.0",
      "to-version": "1.0.0",
      source: "registry",
    });
    expect(steps.again.outcome).toBe("failure");
    expect(result.stdout).toContain("RELEASE_HELD");
    expect(steps.verify.outputs).toMatchObject({ verified: "true", state: "production" });
    expect(steps.evaluate.outputs).toMatchObject({ verdict: "pass" });
    expect(steps.evaluate.outputs.tag).toMatch(/^1\.2\.0-default_evaluation-[0-9a-f]{8}\.1\.1$/);
    expect(steps.plan.outputs).toMatchObject({ missing: "0", promoted: "false" });
    expect(steps.promote.outputs).toMatchObject({ promoted: "true", state: "staging" });
    expect(steps.audit.outputs).toMatchObject({ pointers: "1", problems: "0" });
    expect(await readFile(join(out, "audit.html"), "utf8")).toContain("Latency doubled at 3 a.m.");
    expect(git(gitops, "log", "-2", "--format=%s", "main").split("\n")).toEqual([
      "Promote tiny-llm 1.2.0 (default) to staging",
      "Roll back tiny-llm (default) in production to 1.0.0",
    ]);
    for (const [, pem] of keys) expect(result.stdout + result.stderr).not.toContain(pem.split("\n")[1]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});
