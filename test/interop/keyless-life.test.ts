import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeGitops } from "../../scripts/demo/gitops.ts";
import { auditOf } from "../e2e/lifecycle/audits.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { modelName } from "../support/release-scene.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";
import { githubClaims, githubIdentity } from "./support/sigstore/github-claims.ts";
import { type Actor, claimsOf, identityPolicy, titles } from "./support/sigstore/identity-policy.ts";
import { KeylessSlipway } from "./support/sigstore/keyless-slipway.ts";
import { type PrivateSigstore, startSigstore } from "./support/sigstore/start-sigstore.ts";

/*
 * The way of a release to production where nobody has a key: jobs are known by what their certificates say. The tests
 * tell one story and go on from each other; in the end the services are gone.
 */

let stack: PrivateSigstore;
let scene: RegistryScene;
let slipway: KeylessSlipway;
let reference: string;
let services: readonly string[];

const fixtures = resolve(import.meta.dirname, "../../action-fixtures/evaluations");
const toProduction = ["--environment", "production"];

beforeAll(async () => {
  stack = await startSigstore();
  scene = await RegistryScene.open(registries["distribution 3"]);
  slipway = new KeylessSlipway(scene.work, stack);
  services = [
    `--fulcio-url=${stack.fulcio.href}`,
    `--rekor-url=${stack.rekor.href}`,
    `--timestamp-url=${stack.timestamps.href}`,
    "--trusted-root=trusted_root.json",
  ];
  const at = (name: string) => join(scene.work, name);
  // It outlives the services.
  await cp(stack.trustedRoot, at("trusted_root.json"));
  await writeFile(at("release-policy.yaml"), identityPolicy(stack, "gitops.git", modelName));
  await makeGitops(at("gitops.git"), modelName);
  await cp(join(fixtures, "tiny-llm-1.5.0.json"), at("results.json"));
  await cp(join(fixtures, "suite.json"), at("suite.json"));
  await writeFile(
    at("thresholds.yaml"),
    `model: ${modelName}\nmetrics:\n  "tiny_sums.exact_match,strict-match": {min: 0.7, minSamples: 100}\n`,
  );
  await writeFile(at("shadow.json"), JSON.stringify({ result: "PASSED", passedTests: ["p95<200ms"] }));
  await writeFile(join(scene.work, "model", "README.md"), "# A model\n");
  await writeModelYaml(scene.work, { name: modelName, version: "1.0.0" });
  await writeFile(at("model.yaml"), `${await readFile(at("model.yaml"), "utf8")}${lineage}`);
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

const lineage = `provenance:
  trainingRun: https://mlflow.example.com/#/experiments/7/runs/0123456789ab
  dataset: {name: tiny-sums, version: "2026-10"}
  trainedBy: ml-team@example.com
  codeRepository: https://git.example.com/ml/tiny-llm
  codeCommit: ${"a".repeat(40)}
`;

it("is signed, evaluated and promoted by the jobs that the policy names", async () => {
  ({ reference } = await scene.release(modelName));
  await by("builder", "sign", reference);
  await by("evaluator", "eval-gate", reference, "--results", "results.json");
  expect(await refused("builder", "promote", reference, "--to", "staging")).toBe("ROLE_REQUIRED");
  expect(await by("engineer", "promote", reference, "--to", "staging")).toMatchObject({ state: "staging" });
});

it("is brought to production by a job in the environment, and by no other", async () => {
  const attest = (actor: Actor, ...args: readonly string[]) => by(actor, "attest", reference, ...args);
  await attest("evaluator", "--type", "shadow", "--predicate", "shadow.json");
  await attest("engineer", "--type", "rollback-plan", "--plan", "withdraw");
  await attest(
    "engineer",
    "--type",
    "runbook",
    "--uri",
    "https://wiki.example.com/runbook",
    "--on-call",
    "ml-platform",
  );
  const promotion = ["promote", reference, "--to", "production"];
  const outside = githubClaims({ workflow: "deploy.yml", event: "workflow_dispatch" });
  const tokens = [stack.github.token(outside), stack.otherGithub.token(claimsOf("lead"))];
  for (const wrong of [
    { environment: "staging" },
    { ref: "refs/heads/topic" },
    { repository: "eve/models" },
    { event: "pull_request" },
  ]) {
    tokens.push(stack.github.token(claimsOf("lead", wrong)));
  }
  const codes = await Promise.all(tokens.map((token) => slipway.refusal(token, ...promotion, ...services)));
  expect(codes).toEqual(tokens.map(() => "SIGNER_UNKNOWN"));
  expect(await refused("engineer", ...promotion)).toBe("ROLE_REQUIRED");
  expect(await by("lead", ...promotion)).toMatchObject({ state: "production", promoted: true });
});

it("is deployed, and the audit names whose certificates stand for what", async () => {
  await by("lead", "update-pointer", reference, ...toProduction, "--reason", "First deployment");
  await expectVerified();
});

it("is verified, pulled and audited when every service is gone", async () => {
  await stack[Symbol.asyncDispose]();
  await expect(fetch(stack.fulcio)).rejects.toThrow();
  await expectVerified();
  const builder = ["--certificate-identity", githubIdentity(claimsOf("builder"))];
  const trust = ["--trusted-root", "trusted_root.json", "--certificate-issuer", stack.github.url];
  await scene.slipway("pull", reference, "--target", "pulled", ...trust, ...builder);
  await rm(join(scene.work, "pulled", "metadata.json"));
  await scene.expectSame("pulled", "model");
  const evaluator = ["--certificate-identity", githubIdentity(claimsOf("evaluator"))];
  expect(await scene.refusal("pull", reference, "--target", "refused", ...trust, ...evaluator)).toBe(
    "SIGNATURE_REJECTED",
  );
});

async function expectVerified(): Promise<void> {
  const policy = ["--policy", "release-policy.yaml"];
  const verified = await scene.slipway("verify", reference, "--for", "deploy", ...toProduction, ...policy);
  expect(verified).toMatchObject({ verified: true, state: "production" });
  const { pointer, problems } = await auditOf(scene.work);
  expect(problems).toEqual([]);
  const named = (actor: Actor) => ({ role: titles[actor][0], key: titles[actor][1] });
  expect(pointer).toMatchObject({
    state: "production",
    verdict: { ok: true },
    since: { action: "update", by: named("lead") },
    approvals: [
      { to: "staging", ...named("engineer") },
      { to: "production", ...named("lead") },
    ],
    evaluation: { result: "PASSED", signedBy: titles.evaluator.join("/") },
  });
  const signers = pointer.approvals.flatMap(({ evidence }) => evidence.map(({ gate, signedBy }) => [gate, signedBy]));
  expect(Object.fromEntries(signers)).toMatchObject({
    signature: titles.builder.join("/"),
    evaluation: titles.evaluator.join("/"),
    shadow: titles.evaluator.join("/"),
    "rollback-plan": titles.engineer.join("/"),
    runbook: titles.engineer.join("/"),
  });
}

/** Outputs of a step that an actor's job does. */
function by(actor: Actor, ...args: readonly string[]): Promise<Record<string, string>> {
  return slipway.sign(stack.github.token(claimsOf(actor)), ...args, ...services);
}

function refused(actor: Actor, ...args: readonly string[]): Promise<string> {
  return slipway.refusal(stack.github.token(claimsOf(actor)), ...args, ...services);
}
