/** `actions/<step>/README.md`: its author's prose, with a generated part between two markers. */

import type { StepContract } from "../../src/contract/index.ts";
import { oneLine } from "./describe.ts";
import { code, fenced, markdownTable } from "./markdown.ts";
import { commandSnippet, githubSnippet, tektonSnippet } from "./snippets.ts";
import { inputTable, outputTable } from "./tables.ts";
import { dockerConfig, identity, opensStores, secretParams, takesIdentity, trustParams } from "./tekton-task.ts";

const begin = "<!-- generated:begin from contract.ts by npm run generate; edits between the markers are lost -->";
const end = "<!-- generated:end -->";

/**
 * The README with its generated part made anew; every other byte stays.
 *
 * @param existing the file's text, undefined when there is none yet
 * @throws Error when only one of the markers is there, or one of them twice
 */
export function readme(contract: StepContract, existing: string | undefined): string {
  const part = `${begin}\n\n${usage(contract)}\n\n${end}`;
  if (existing === undefined) {
    return `# slipway ${contract.name}\n\n${oneLine(contract.summary)}\n\n${contract.details.trim()}\n\n${part}\n`;
  }
  const begins = [...existing.matchAll(/<!-- generated:begin\b.*?-->/gs)];
  const ends = [...existing.matchAll(/<!-- generated:end\b.*?-->/gs)];
  if (begins.length === 0 && ends.length === 0) return `${existing.replace(/\n*$/, "\n\n")}${part}\n`;
  const [first, last] = [begins[0], ends[0]];
  if (
    begins.length !== 1 ||
    ends.length !== 1 ||
    first === undefined ||
    last === undefined ||
    last.index < first.index
  ) {
    throw new Error(
      `actions/${contract.name}/README.md needs exactly one generated:begin and one generated:end after it`,
    );
  }
  return existing.slice(0, first.index) + part + existing.slice(last.index + last[0].length);
}

/** How to call a step, and its inputs and outputs: what its README and its reference page share. */
export function usage(contract: StepContract): string {
  const hosts = [
    contract.hosts.includes("github") ? `### GitHub Actions\n\n${fenced("yaml", githubSnippet(contract))}` : undefined,
    contract.hosts.includes("tekton")
      ? `### Tekton\n\n${[fenced("yaml", tektonSnippet(contract)), ...secretNotes(contract), ...identityNote(contract), ...registryNote(contract)].join("\n\n")}`
      : undefined,
    contract.hosts.includes("cli") ? `### Command line\n\n${fenced("sh", commandSnippet(contract))}` : undefined,
  ];
  return [
    "## How to call it",
    ...hosts.filter((host) => host !== undefined),
    `## Inputs\n\n${inputTable(contract)}`,
    `## Outputs\n\n${outputTable(contract)}`,
  ].join("\n\n");
}

/** Where a token of the job itself comes from. */
function identityNote(contract: StepContract): readonly string[] {
  if (!takesIdentity(contract)) return [];
  return [
    `To sign without a key, bind the workspace ${code(identity.name)} to a projected token: ${code("projected: {sources: [{serviceAccountToken: {audience: sigstore, expirationSeconds: 600, path: oidc-token}}]}")}.`,
  ];
}

/** What stands for inputs that are no params of the Task. */
function registryNote(contract: StepContract): readonly string[] {
  if (!opensStores(contract)) return [];
  const [name, key] = [trustParams.configMap, trustParams.key].map(code);
  return [
    `Registry credentials come from the workspace ${code(dockerConfig.name)}, or from the run's ServiceAccount; ${code("ca-file")} from the ConfigMap that the params ${name} and ${key} name, where it exists.`,
  ];
}

/** What the params of a Task do not show: where a secret comes from. */
function secretNotes({ inputs }: StepContract): readonly string[] {
  const rows = Object.entries(inputs).flatMap(([name, { kind, required }]) => {
    if (kind !== "secret-file") return [];
    const { secret, key, defaultSecret, defaultKey } = secretParams(name);
    const absent = required ? "refused" : "not given";
    return [[code(name), code(secret), code(defaultSecret), code(key), code(defaultKey), absent]];
  });
  if (rows.length === 0) return [];
  const heading = ["Input", "Param: Secret", "Default", "Param: key in it", "Default", "Without that Secret"];
  return ["Secrets are mounted as files and are never params:", markdownTable(heading, rows)];
}
