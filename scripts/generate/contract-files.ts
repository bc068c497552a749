/** Every file that is made from the contracts, with its place in the repository. */

import type { StepContract } from "../../src/contract/index.ts";
import type { GeneratedFile } from "../generated-files.ts";
import { actionYml } from "./action-yml.ts";
import { lintContract } from "./contract-lint.ts";
import { readme } from "./readme.ts";
import { referenceIndex, stepPage } from "./reference.ts";
import { schemaFile, stepSchema } from "./step-schema.ts";
import { lintTask } from "./tekton-lint.ts";
import { tektonTask } from "./tekton-task.ts";
import { yamlText } from "./yaml.ts";

/** What nobody writes by hand; a README is not among them. */
export const ownedByContracts = ["actions/*/action.yml", "docs/reference/**", "schemas/**", "tekton/tasks/**"];

/**
 * @param read gives the text of a file of the repository, undefined when there is none
 * @throws Error when a contract breaks a rule of `lintContract`, or its Task one of `lintTask`
 */
export async function contractFiles(
  contracts: readonly StepContract[],
  read: (path: string) => Promise<string | undefined>,
): Promise<readonly GeneratedFile[]> {
  refuse(contracts.flatMap(lintContract));
  const perStep = await Promise.all(contracts.map((contract) => stepFiles(contract, read)));
  return [...perStep.flat(), { path: "docs/reference/README.md", content: referenceIndex(contracts) }];
}

async function stepFiles(
  contract: StepContract,
  read: (path: string) => Promise<string | undefined>,
): Promise<readonly GeneratedFile[]> {
  const { name, hosts } = contract;
  const readmePath = `actions/${name}/README.md`;
  const files: GeneratedFile[] = [
    { path: readmePath, content: readme(contract, await read(readmePath)) },
    { path: `docs/reference/steps/${name}.md`, content: stepPage(contract) },
    schemaFile(`schemas/steps/${name}.json`, stepSchema(contract)),
  ];
  if (hosts.includes("github")) files.push({ path: `actions/${name}/action.yml`, content: actionYml(contract) });
  if (hosts.includes("tekton")) files.push({ path: `tekton/tasks/slipway-${name}.yaml`, content: taskYaml(contract) });
  return files;
}

function taskYaml(contract: StepContract): string {
  const task = tektonTask(contract);
  refuse(lintTask(task));
  return yamlText(task, [
    `Generated from actions/${contract.name}/contract.ts by npm run generate; edit that instead.`,
  ]);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
