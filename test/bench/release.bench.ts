import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Measurement, median } from "../../scripts/bench/measurement.ts";
import { succeed } from "../support/command-line.ts";
import { git } from "../support/git.ts";
import { as, buildScene, evaluate, readyForProduction, toProduction, waiveScan } from "../support/release-scene.ts";
import { withPeakMemory } from "./peak-memory.ts";

/*
 * The second half of the spine, in a GitOps repository as a busy team has it: 5 000 commits by others in 500 files. Each
 * step of one release's way is compared with what git itself needs for the same exchange in the same run: a fetch of
 * the branch into an empty repository, and a push of a commit.
 */

const commits = 5000;
const files = 500;
const rounds = 3;

export async function run(): Promise<readonly Measurement[]> {
  const work = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  try {
    return await measure(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function measure(directory: string): Promise<readonly Measurement[]> {
  const { releases, moments } = await buildScene(join(directory, "scene"));
  const { champion, fresh: next } = releases;
  addHistory(join(moments.deployed, "gitops.git"));
  const figures = new Map<string, number[]>();
  const note = (name: string, value: number): void => void figures.set(name, [...(figures.get(name) ?? []), value]);
  let peak = 0;
  for (let round = 0; round < rounds; round += 1) {
    const work = join(directory, `round-${round}`);
    await cp(moments.deployed, work, { recursive: true });
    const step = async (name: string, args: readonly string[]): Promise<void> => {
      const started = performance.now();
      const [, memory] = await withPeakMemory(() => succeed(args, work));
      note(name, performance.now() - started);
      peak = Math.max(peak, memory);
    };
    note("git", exchange(work));
    const started = performance.now();
    await evaluate(work, next, "1.2.0", "--baseline", champion);
    note("eval-gate", performance.now() - started);
    await waiveScan(work, next);
    await step("promote --plan", ["promote", next, "--to", "staging", "--plan"]);
    await step("promote to staging", ["promote", next, "--to", "staging", ...as("engineer")]);
    await readyForProduction(work, next, champion);
    await step("promote to production", ["promote", next, "--to", "production", ...as("lead")]);
    const policy = ["--policy", "release-policy.yaml"];
    await step("verify --for deploy", ["verify", next, "--for", "deploy", ...policy, ...toProduction]);
    const why = ["--reason", "Benchmark"];
    await step("update-pointer", ["update-pointer", next, ...toProduction, ...as("engineer"), ...why]);
    await step("rollback --dry-run", ["rollback", "tiny-llm", ...toProduction, "--dry-run", ...why]);
    await step("rollback", ["rollback", "tiny-llm", ...toProduction, ...as("engineer"), ...why]);
    await step("audit", ["audit", "production", "--page", "audit.html"]);
    await rm(work, { recursive: true, force: true });
  }
  const of = (name: string): number => median(figures.get(name) ?? []);
  const alone = { name: "git: fetch and push alone", value: of("git"), unit: "ms" };
  const reading = ["promote --plan", "verify --for deploy", "rollback --dry-run", "audit"];
  const writing = ["promote to staging", "promote to production", "update-pointer", "rollback"];
  return [
    alone,
    { name: "eval-gate", value: of("eval-gate"), unit: "ms", budget: 400 },
    ...[...reading, ...writing].flatMap((name): Measurement[] => [
      { name, value: of(name), unit: "ms" },
      { name: `${name} / git alone`, value: of(name) / of("git"), unit: "×", budget: reading.includes(name) ? 3 : 4 },
    ]),
    { name: "peak memory of all steps", value: peak / 1e6, unit: "MB", budget: 200 },
  ];
}

/** Others' commits before those of the scene would be rewritten history; they come after, as a busy day does. */
function addHistory(repository: string): void {
  const head = git(repository, "rev-parse", "main").trim();
  const lines: string[] = [];
  for (let number = 0; number < commits; number += 1) {
    const text = `replicas: ${number}\nimage: registry.example.com/app:${number}\n`;
    lines.push(
      "commit refs/heads/main",
      `committer Somebody <somebody@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
      `data ${`Change ${number}`.length}`,
      `Change ${number}`,
      ...(number === 0 ? [`from ${head}`] : []),
      `M 100644 inline apps/app-${number % files}/values.yaml`,
      `data ${text.length}`,
      text,
    );
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: repository, input: `${lines.join("\n")}\n` });
}

/** What git needs for one fetch of everything and one push of one commit, in milliseconds. */
function exchange(work: string): number {
  const remote = join(work, "gitops.git");
  const local = join(work, "plain.git");
  const started = performance.now();
  git(work, "init", "--quiet", "--bare", local);
  git(local, "fetch", "--quiet", remote, "+refs/heads/main:refs/heads/main");
  const commit = git(local, "commit-tree", "-p", "main", "-m", "Nothing", "main^{tree}").trim();
  git(local, "push", "--quiet", remote, `${commit}:refs/heads/benchmark`);
  return performance.now() - started;
}
