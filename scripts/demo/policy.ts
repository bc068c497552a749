import { readFile, writeFile } from "node:fs/promises";
import type { DemoKeys, KeyPair } from "./keys.ts";

/** Writes the release policy that a platform engineer would write: roles, gates that differ, ledger, environments. */
export async function writePolicy(
  path: string,
  options: { readonly keys: DemoKeys; readonly name: string; readonly repository: string; readonly until: string },
): Promise<void> {
  const { keys, name, repository, until } = options;
  const role = async (title: string, holder: string, pair: KeyPair) =>
    [`  ${title}:`, `    - name: ${holder}`, "      key: |", ...(await pemLines(pair))].join("\n");
  const roles = [
    await role("builder", "release-ci", keys.builder),
    await role("evaluator", "evaluation-ci", keys.evaluator),
    await role("mlops-engineer", "erin", keys.engineer),
    await role("platform-lead", "lena", keys.lead),
  ];
  await writeFile(
    path,
    `# Who may do what with the releases of ${name}. What is not said here is as in docs/concepts.md.
roles:
${roles.join("\n")}

# The gates are the default ones; scanning comes later, and until then the lead takes the responsibility, signed and
# for each release.
waivers:
  - gate: scan
    signers: [platform-lead]
    until: "${until}T23:59:59Z"
    reason: Model scanning is not part of this pipeline yet.

ledger: {repository: ${repository}, branch: main}

environments:
  production:
    states: [production]
    movers: [mlops-engineer, platform-lead]
    pointers:
      - name: ${name}
        variant: default
        file: production/values.yaml
        fields: {version: model.version, digest: model.digest, uri: model.uri}

rollback: {window: 1h}
`,
  );
}

async function pemLines({ publicKey }: KeyPair): Promise<string[]> {
  const text = await readFile(publicKey, "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `        ${line}`);
}
