import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeGitops } from "../../../scripts/demo/gitops.ts";
import { makeKeys } from "../../../scripts/demo/keys.ts";
import { writePolicy } from "../../../scripts/demo/policy.ts";
import { succeed } from "../../support/command-line.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import { writeModelYaml } from "../../support/model-yaml.ts";
import { dayAfter, editGitops, modelName, replaceIn, resultsOf } from "../../support/release-scene.ts";

const fixtures = resolve(import.meta.dirname, "../../../action-fixtures/evaluations");
const versions = ["1.0.0", "1.1.0", "1.2.0"] as const;
export type Version = (typeof versions)[number];
/** What the fixtures of the three evaluations measured, read by hand. */
export const accuracyOf: Readonly<Record<Version, number>> = { "1.0.0": 0.7475, "1.1.0": 0.7975, "1.2.0": 0.7975 };

export type Key = "builder" | "evaluator" | "engineer" | "lead" | "owner" | "security" | "stranger";

/** As the policy calls whoever has a key: `role/name`. */
export const titleOf: Readonly<Record<Exclude<Key, "stranger">, string>> = {
  builder: "builder/release-ci",
  evaluator: "evaluator/evaluation-ci",
  engineer: "mlops-engineer/erin",
  lead: "platform-lead/lena",
  owner: "model-owner/olga",
  security: "security/sam",
};

/**
 * Makes a directory as it is before anything was released: a policy with six roles and two environments, their
 * repository with pointers that name nothing, keys, and what evaluations found. `preview` takes what is in staging.
 */
export async function beginWorld(work: string): Promise<void> {
  await mkdir(join(work, "model"), { recursive: true });
  const keys = await makeKeys(join(work, "keys"));
  const policy = join(work, "release-policy.yaml");
  await writePolicy(policy, { keys, name: modelName, repository: "gitops.git", until: dayAfter(30) });
  for (const key of ["owner", "security"] as const) {
    await writeKeyPair(join(work, "keys", key));
    const [role, name] = titleOf[key].split("/");
    const pem = JSON.stringify(await readFile(join(work, "keys", `${key}.pub`), "utf8"));
    await replaceIn(policy, "\nroles:\n", `\nroles:\n  ${role}: [{name: ${name}, key: ${pem}}]\n`);
  }
  const preview = `environments:
  preview:
    states: [staging, production]
    movers: [mlops-engineer]
    pointers:
      - {name: ${modelName}, variant: default, file: preview/pin.json, fields: {version: version, digest: digest, uri: uri}}
`;
  await replaceIn(policy, "environments:\n", preview);
  await makeGitops(join(work, "gitops.git"), modelName);
  await editGitops(work, async (checkout) => {
    await mkdir(join(checkout, "preview"));
    await writeFile(join(checkout, "preview", "pin.json"), '{"version": "", "digest": "", "uri": ""}\n');
  });
  for (const [version, fixture] of [
    ["1.0.0", "tiny-llm-1.4.0.json"],
    ["1.1.0", "tiny-llm-1.5.0.json"],
    ["1.2.0", "tiny-llm-1.5.0.json"],
  ] as const)
    await cp(join(fixtures, fixture), join(work, resultsOf(version)));
  await cp(join(fixtures, "suite.json"), join(work, "suite.json"));
  await writeFile(
    join(work, "thresholds.yaml"),
    `model: ${modelName}\nmetrics:\n  "tiny_sums.exact_match,strict-match": {min: 0.7, maxDrop: 0.01, minSamples: 100}\n`,
  );
}

/** Packages and signs the three versions, and gives their references. */
export async function publishAll(work: string): Promise<Readonly<Record<Version, string>>> {
  const published = { "1.0.0": "", "1.1.0": "", "1.2.0": "" };
  for (const version of versions) {
    await writeFile(join(work, "model", "README.md"), "# A model\n");
    await writeFile(join(work, "model", "weights.safetensors"), `the weights of ${version}`);
    await writeModelYaml(work, { name: modelName, version });
    await writeFile(join(work, "model.yaml"), `${await readFile(join(work, "model.yaml"), "utf8")}${lineage}`);
    const { reference = "" } = await succeed(["package", "model.yaml", "--store", "oci:store"], work);
    await succeed(["sign", reference, ...by("builder")], work);
    published[version] = reference;
  }
  return published;
}

const lineage = `provenance:
  trainingRun: https://mlflow.example.com/#/experiments/7/runs/0123456789ab
  dataset: {name: tiny-sums, version: "2026-10"}
  trainedBy: ml-team@example.com
  codeRepository: https://git.example.com/ml/tiny-llm
  codeCommit: ${"a".repeat(40)}
`;

/** The arguments that make somebody act. */
export function by(key: Key): readonly string[] {
  return ["--key", `keys/${key}.pem`];
}
