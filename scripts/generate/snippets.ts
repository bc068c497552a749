/** How a step is called on each host, ready to be copied: required inputs, and those with an example. */

import type { Input, StepContract } from "../../src/contract/index.ts";
import { shellWord } from "../../src/host/command/shell-word.ts";
import { version } from "../repository.ts";
import { repository } from "./names.ts";
import { secretParams } from "./tekton-task.ts";
import { yamlText } from "./yaml.ts";

/** A step of a GitHub workflow. */
export function githubSnippet(contract: StepContract): string {
  const uses = `${repository}/actions/${contract.name}@COMMIT`;
  const step = { uses, id: contract.name, with: nonEmpty(shownTexts(contract)) };
  // The comment is what update tools read and rewrite beside the commit.
  return yamlText([step]).replace(uses, `${repository}/actions/${contract.name}@<commit> # v${version}`);
}

/** A TaskRun. */
export function tektonSnippet(contract: StepContract): string {
  const params = shown(contract)
    .filter(([, { kind }]) => kind !== "token-file")
    .map(([name, input]) =>
      input.kind === "secret-file"
        ? { name: secretParams(name).secret, value: secretParams(name).defaultSecret }
        : { name, value: exampleOf(name, input) },
    );
  return yamlText({
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    metadata: { generateName: `slipway-${contract.name}-` },
    spec: {
      taskRef: { name: `slipway-${contract.name}` },
      params: params.length === 0 ? undefined : params,
      workspaces: [{ name: "source", persistentVolumeClaim: { claimName: "models" } }],
    },
  });
}

/** A command line. */
export function commandSnippet(contract: StepContract): string {
  const { [contract.positional ?? ""]: first, ...flags } = shownTexts(contract);
  const words = Object.entries(flags).map(([name, text]) => `--${name} ${shellWord(text)}`);
  return ["slipway", contract.name, ...(first === undefined ? [] : [shellWord(first)]), ...words].join(" ");
}

function shown({ inputs }: StepContract): readonly (readonly [string, Input<unknown>])[] {
  return Object.entries(inputs).filter(
    ([, input]) => input.required || (input.example !== undefined && !input.alternative),
  );
}

function shownTexts(contract: StepContract): Readonly<Record<string, string>> {
  return Object.fromEntries(shown(contract).map(([name, input]) => [name, exampleOf(name, input)]));
}

function exampleOf(name: string, input: Input<unknown>): string {
  return input.example ?? input.choices[0] ?? name.toUpperCase();
}

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}
