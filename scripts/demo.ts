// `npm run demo`: the whole story of two releases, through the command line, with a key for each person: packaged,
// signed, evaluated, promoted, deployed through a pointer in Git, rolled back, and explained to an auditor. One release
// is refused on the way. `npm run demo -- --model DIR --name NAME` tells it with any directory.
// Everything lands under `out/`; what an earlier run left of the story is replaced.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { suggestedName } from "../src/release/index.ts";
import { formatBytes } from "../src/report/index.ts";
import { thresholds, writeEvaluation } from "./demo/evaluations.ts";
import { history, makeGitops } from "./demo/gitops.ts";
import { makeKeys } from "./demo/keys.ts";
import { writePolicy } from "./demo/policy.ts";
import { type DemoRelease, prepareReleases } from "./demo/releases.ts";
import { Story } from "./demo/story.ts";
import { tamperedCopy } from "./demo/tamper.ts";

const { values } = parseArgs({ options: { model: { type: "string" }, name: { type: "string" } } });
const name = values.name ?? (values.model === undefined ? "tiny-llm" : suggestedName(basename(values.model)));
const stored = name.replaceAll("/", "+");
const work = `out/demo/${stored}`;
const store = `oci:out/store/${stored}`;
const repository = "out/gitops.git";
const policy = "out/demo/release-policy.yaml";

const story = new Story();
const year = 365 * 24 * 3600 * 1000;
const until = new Date(Date.now() + year).toISOString().slice(0, "2026-11-21".length);

story.chapter("A model, five people, a policy, a GitOps repository");
for (const path of [work, `out/store/${stored}`, "out/report"]) await rm(path, { recursive: true, force: true });
await mkdir(work, { recursive: true });
const releases = await story.tell("model", `three versions of ${name}, in ${work}`, () =>
  prepareReleases(work, name, values.model),
);
const keys = await story.tell("keys", "builder, evaluator, engineer (erin), lead (lena), and a stranger", () =>
  makeKeys("out/demo/keys"),
);
await story.tell("policy", `${policy}: roles, gates, one waiver allowed`, () =>
  writePolicy(policy, { keys, name, repository: "../gitops.git", until }),
);
await story.tell("git", `${repository}: values.yaml whose pointer names nothing yet`, () =>
  makeGitops(repository, name),
);
await writeFile(`${work}/thresholds.yaml`, thresholds(name));

const withPolicy = ["--policy", policy];
const asErin = [...withPolicy, "--key", keys.engineer.privateKey];
const asLena = [...withPolicy, "--key", keys.lead.privateKey];

/** Package and sign, as the builder does; every release goes this way. */
async function release({ version, modelYaml }: DemoRelease): Promise<string> {
  const packed = await story.run(["package", modelYaml, "--store", store], (outputs) => {
    const shared = Number(outputs["size"]) - Number(outputs["written"]);
    return `${version}: ${formatBytes(Number(outputs["written"]))} new, ${formatBytes(shared)} shared`;
  });
  const reference = String(packed["reference"]);
  await story.run(["sign", reference, "--key", keys.builder.privateKey], () => `${version}: signed as cosign signs`);
  return reference;
}

/** The evaluation of a release, in a file; `against` is the champion. */
async function evaluation({ version }: DemoRelease, scores: Parameters<typeof writeEvaluation>[2]): Promise<string[]> {
  const results = `${work}/results-${version}.json`;
  await writeEvaluation(results, name, scores);
  return ["--results", results, "--thresholds", `${work}/thresholds.yaml`, "--key", keys.evaluator.privateKey];
}

const waive = (reference: string) => {
  const why = "No scanner yet; the weights are our own.";
  const what = ["--type", "waiver", "--gate", "scan", "--to", "staging", "--until", until, "--reason", why];
  return story.run(
    ["attest", reference, ...what, "--key", keys.lead.privateKey],
    () => "the lead waives the scan, signed",
  );
};

/** What production asks for, beyond staging. */
async function readyForProduction(reference: string, version: string, plan: string): Promise<void> {
  const shadow = `${work}/shadow-${version}.json`;
  await writeFile(
    shadow,
    JSON.stringify({ result: "PASSED", configuration: [{ name: "shadow" }], passedTests: ["p95<200ms"] }),
  );
  const by = ["--key", keys.engineer.privateKey];
  await story.run(
    ["attest", reference, "--type", "shadow", "--predicate", shadow, "--key", keys.evaluator.privateKey],
    () => "shadow traffic passed",
  );
  await story.run(["attest", reference, "--type", "rollback-plan", "--plan", plan, ...by], () =>
    plan === "withdraw" ? "the plan: withdraw, since it is the first" : "the plan: back to the champion",
  );
  const runbook = ["--uri", "https://wiki.example.com/runbooks/tiny-llm", "--on-call", "ml-platform on-call"];
  await story.run(["attest", reference, "--type", "runbook", ...runbook, ...by], () => "a runbook for those on call");
}

const [first, worse, better] = releases;
if (first === undefined || worse === undefined || better === undefined)
  throw new Error("the demo needs three releases");

story.chapter(`${first.version}, the first release: thresholds instead of a champion`);
const champion = await release(first);
const scored = await evaluation(first, { accuracy: 0.6412, perplexity: 14.2 });
await story.run(["eval-gate", champion, ...scored], (outputs) => `verdict: ${outputs["verdict"]}`);
await story.run(
  ["promote", champion, "--to", "staging", "--plan", ...withPolicy],
  (outputs) => `plan: ${outputs["missing"]} gate is not met: scan`,
);
await waive(champion);
await story.refused(["promote", champion, "--to", "production", ...asLena], "staging cannot be skipped");
await story.run(["promote", champion, "--to", "staging", ...asErin], () => "staging, by the engineer");
await readyForProduction(champion, first.version, "withdraw");
await story.refused(["promote", champion, "--to", "production", ...asErin], "an engineer may not do that");
await story.run(
  ["promote", champion, "--to", "production", ...asLena, "--reason", "First release, agreed with the product team"],
  () => "production, by the lead",
);
await story.run(
  ["update-pointer", champion, "--environment", "production", ...asErin, "--reason", "First deployment"],
  (outputs) => `production names ${outputs["version"]}`,
);

story.chapter(`${worse.version}: a worse evaluation, refused`);
const rejected = await release(worse);
const worseScore = await evaluation(worse, { accuracy: 0.5981, perplexity: 16.9 });
await story.refused(["eval-gate", rejected, ...worseScore, "--baseline", champion], "it falls behind the champion");
await waive(rejected);
await story.refused(["promote", rejected, "--to", "staging", ...asErin], "a failed evaluation stands");

story.chapter(`${better.version}: better than the champion, all the way to production`);
const next = await release(better);
const betterScore = await evaluation(better, { accuracy: 0.6724, perplexity: 13.1 });
await story.run(
  ["eval-gate", next, ...betterScore, "--baseline", champion],
  (outputs) => `verdict: ${outputs["verdict"]}, against the champion`,
);
await waive(next);
await story.run(["promote", next, "--to", "staging", ...asErin], () => "staging, by the engineer");
await readyForProduction(next, better.version, champion);
await story.refused(
  ["update-pointer", next, "--environment", "production", ...asErin, "--reason", "Impatient"],
  "it is only in staging",
);
await story.run(
  ["promote", next, "--to", "production", ...asLena, "--reason", "Better on every metric, a week of shadow traffic"],
  () => "production, by the lead",
);
await story.run(
  ["update-pointer", next, "--environment", "production", ...asErin, "--reason", "Quality"],
  (outputs) => `production names ${outputs["version"]}, was ${outputs["previous-version"]}`,
);

story.chapter("What the pointer names, verified and pulled; what was tampered with, refused");
await story.run(
  ["verify", next, "--for", "deploy", "--environment", "production", ...withPolicy],
  () => "whole, signed, approved, not held",
);
const target = `out/models/${stored}-${better.version}`;
await story.run(
  ["pull", next, "--target", target, "--key", keys.builder.publicKey],
  (outputs) => `${outputs["files"]} files in ${target}`,
);
await story.refused(["verify", next, "--key", keys.stranger.publicKey], "only a stranger's key is trusted");
const digest = next.slice(next.lastIndexOf("@") + 1);
await story.tell("tamper", "one bit of the largest file, in a copy of the store", () =>
  tamperedCopy(store, digest, `${work}/tampered`),
);
await story.refused(
  ["pull", `oci:${work}/tampered@${digest}`, "--target", `${work}/never`],
  "the flipped bit; no target is left",
);
await rm(`${work}/tampered`, { recursive: true, force: true });

story.chapter("3 a.m.: roll back, hold the bad one");
const rollback = ["rollback", name, "--environment", "production", ...withPolicy];
await story.run(
  [...rollback, "--reason", "Latency doubled", "--dry-run"],
  (outputs) => `would go back to ${outputs["to-version"]}`,
);
await story.run(
  [...rollback, "--key", keys.engineer.privateKey, "--reason", "Latency doubled since the deployment"],
  (outputs) => `from ${outputs["from-version"]} to ${outputs["to-version"]}`,
);
await story.refused(
  ["update-pointer", next, "--environment", "production", ...asErin, "--reason", "Again"],
  "it is held",
);

story.chapter("The auditor asks: which model runs, where did it come from, who approved it?");
await story.run(
  ["audit", "production", ...withPolicy, "--page", "out/report/index.html"],
  (outputs) => `${outputs["pointers"]} pointer, ${outputs["problems"]} problems`,
);
await story.show(["audit", "production", ...withPolicy]);
story.print(
  "git log of out/gitops.git",
  await history(repository, "%h %s%n        %(trailers:key=Approved-By,key=Actor,key=Reason,separator=%x20| )"),
);

story.end([
  ["report", "out/report/index.html", "one page, no network needed"],
  ["git", repository, "git --git-dir out/gitops.git log"],
  ["store", store, "an OCI image layout; skopeo, oras and umoci read it"],
  ["models", `out/models/${stored}-*`, ""],
  ["look inside", `npx slipway inspect ${store}`, ""],
]);
