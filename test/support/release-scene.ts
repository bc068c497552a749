import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeGitops } from "../../scripts/demo/gitops.ts";
import { makeKeys } from "../../scripts/demo/keys.ts";
import { writePolicy } from "../../scripts/demo/policy.ts";
import { succeed } from "./command-line.ts";
import { git } from "./git.ts";
import { writeModelYaml } from "./model-yaml.ts";

/** What the three releases of the scene are called; the same in every copy, since all paths are relative. */
export interface Releases {
  /** 1.0.0: in production, and deployed there. */
  readonly champion: string;
  /** 1.1.0: evaluated against the champion, and in staging. */
  readonly staged: string;
  /** 1.2.0: packaged and signed, and nothing else. */
  readonly fresh: string;
  /** The manifest that attaches the champion's evaluation to it. */
  readonly championEvaluation: string;
}

/**
 * Three moments of one story, each a directory with a store, keys, a policy, thresholds, results and `gitops.git`:
 * `deployed` is as `Releases` says; in `replaced` 1.1.0 is in production and deployed; in `rolledBack` it was left
 * again, and is held.
 */
export type Moment = "deployed" | "replaced" | "rolledBack";

export interface Scene {
  readonly releases: Releases;
  readonly moments: Readonly<Record<Moment, string>>;
}

export const modelName = "tiny-llm";
export const resultsOf = (version: string) => `results-${version}.json`;
const fixtures = resolve(import.meta.dirname, "../../action-fixtures/evaluations");
const day = 24 * 3600 * 1000;
/** The last day on which the policy lets a waiver hold. */
const waivableUntil = dayAfter(30);

/** A day, some days from now, as `YYYY-MM-DD`. */
export function dayAfter(days: number): string {
  return new Date(Date.now() + days * day).toISOString().slice(0, "2026-11-21".length);
}

/** Tells the story below a directory, through the command line. */
export async function buildScene(directory: string): Promise<Scene> {
  const deployed = join(directory, "deployed");
  await mkdir(join(deployed, "model"), { recursive: true });
  const keys = await makeKeys(join(deployed, "keys"));
  const policy = join(deployed, "release-policy.yaml");
  await writePolicy(policy, { keys, name: modelName, repository: "gitops.git", until: waivableUntil });
  await makeGitops(join(deployed, "gitops.git"), modelName);
  for (const [version, fixture] of [
    ["1.0.0", "tiny-llm-1.4.0.json"],
    ["1.1.0", "tiny-llm-1.5.0.json"],
    ["1.2.0", "tiny-llm-1.5.0.json"],
  ] as const)
    await cp(join(fixtures, fixture), join(deployed, resultsOf(version)));
  await cp(join(fixtures, "suite.json"), join(deployed, "suite.json"));
  await writeFile(
    join(deployed, "thresholds.yaml"),
    `model: ${modelName}\nmetrics:\n  "tiny_sums.exact_match,strict-match": {min: 0.7, maxDrop: 0.01, minSamples: 100}\n`,
  );

  const at = (...args: readonly string[]) => succeed(args, deployed);
  const champion = await publish(deployed, "1.0.0");
  const staged = await publish(deployed, "1.1.0");
  const fresh = await publish(deployed, "1.2.0");
  const { bundle: championEvaluation = "" } = await evaluate(deployed, champion, "1.0.0");
  await waiveScan(deployed, champion);
  await at("promote", champion, "--to", "staging", ...as("engineer"));
  await readyForProduction(deployed, champion, "withdraw");
  await at("promote", champion, "--to", "production", ...as("lead"));
  await at("update-pointer", champion, ...toProduction, ...as("engineer"), "--reason", "First deployment");
  await evaluate(deployed, staged, "1.1.0", "--baseline", champion);
  await waiveScan(deployed, staged);
  await at("promote", staged, "--to", "staging", ...as("engineer"));

  const replaced = await copied(deployed, join(directory, "replaced"));
  await readyForProduction(replaced, staged, champion);
  await succeed(["promote", staged, "--to", "production", ...as("lead")], replaced);
  await succeed(["update-pointer", staged, ...toProduction, ...as("engineer"), "--reason", "Better"], replaced);

  const rolledBack = await copied(replaced, join(directory, "rolledBack"));
  await succeed(["rollback", modelName, ...toProduction, ...as("engineer"), "--reason", "Latency"], rolledBack);
  for (const work of [deployed, replaced, rolledBack]) await slim(work);
  const releases = { champion, staged, fresh, championEvaluation };
  return { releases, moments: { deployed, replaced, rolledBack } };
}

export const toProduction = ["--environment", "production"] as const;

/** The arguments that make somebody act. */
export function as(person: "builder" | "evaluator" | "engineer" | "lead" | "stranger"): readonly string[] {
  return ["--key", `keys/${person}.pem`];
}

/** Packages and signs a version, and gives its reference. */
async function publish(work: string, version: string): Promise<string> {
  await writeFile(join(work, "model", "README.md"), "# A model\n");
  await writeFile(join(work, "model", "weights.safetensors"), `the weights of ${version}`);
  await writeModelYaml(work, { name: modelName, version });
  await writeFile(join(work, "model.yaml"), `${await readFile(join(work, "model.yaml"), "utf8")}${lineage}`);
  const { reference = "" } = await succeed(["package", "model.yaml", "--store", "oci:store"], work);
  await succeed(["sign", reference, ...as("builder")], work);
  return reference;
}

const lineage = `provenance:
  trainingRun: https://mlflow.example.com/#/experiments/7/runs/0123456789ab
  dataset: {name: tiny-sums, version: "2026-10"}
  trainedBy: ml-team@example.com
  codeRepository: https://git.example.com/ml/tiny-llm
  codeCommit: ${"a".repeat(40)}
`;

/** Runs `eval-gate` with the results of a version; it must pass. */
export function evaluate(work: string, reference: string, version: string, ...more: readonly string[]) {
  return succeed(["eval-gate", reference, "--results", resultsOf(version), ...as("evaluator"), ...more], work);
}

/** The scan is waived by the lead, as the policy permits. */
export function waiveScan(work: string, reference: string, until = waivableUntil) {
  const what = ["--type", "waiver", "--gate", "scan", "--to", "staging", "--until", until, "--reason", "No scanner"];
  return succeed(["attest", reference, ...what, ...as("lead")], work);
}

export async function readyForProduction(work: string, reference: string, plan: string): Promise<void> {
  await writeFile(join(work, "shadow.json"), JSON.stringify({ result: "PASSED", passedTests: ["p95<200ms"] }));
  const attest = (...args: readonly string[]) => succeed(["attest", reference, ...args], work);
  await attest("--type", "shadow", "--predicate", "shadow.json", ...as("evaluator"));
  await attest("--type", "rollback-plan", "--plan", plan, ...as("engineer"));
  const runbook = ["--uri", "https://wiki.example.com/runbook", "--on-call", "ml-platform"];
  await attest("--type", "runbook", ...runbook, ...as("engineer"));
}

/** Every row copies a moment: one pack and no examples of hooks are copied faster than hundreds of files. */
async function slim(work: string): Promise<void> {
  git(work, "--git-dir", "gitops.git", "repack", "-adq");
  git(work, "--git-dir", "gitops.git", "config", "receive.autogc", "false");
  for (const unused of ["hooks", "branches", "info"])
    await rm(join(work, "gitops.git", unused), { recursive: true, force: true });
}

async function copied(from: string, to: string): Promise<string> {
  await cp(from, to, { recursive: true });
  return to;
}

/** Does something in a copy of a moment, which is gone afterwards. */
export async function inCopyOf<T>(moment: string, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "slipway-scene-"));
  try {
    return await work(await copied(moment, copy));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Replaces a text that must be in a file. */
export async function replaceIn(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error(`${file} does not hold ${String(from)}`);
  await writeFile(file, changed);
}

/** Commits to `gitops.git` what somebody does in a checkout of it. */
export async function editGitops(work: string, edit: (checkout: string) => Promise<unknown>): Promise<void> {
  const checkout = await mkdtemp(join(tmpdir(), "slipway-checkout-"));
  const repository = ["--git-dir", join(work, "gitops.git"), "--work-tree", checkout];
  try {
    git(checkout, ...repository, "checkout", "--quiet", "--force", "main");
    await edit(checkout);
    git(checkout, ...repository, "add", "--all");
    git(checkout, ...repository, "commit", "--quiet", "-m", "Somebody's edit");
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}
