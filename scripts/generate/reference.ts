/** `docs/reference/`: a page for each step, one for the command line, and their index. */

import type { HostName, StepContract } from "../../src/contract/index.ts";
import { oneLine } from "./describe.ts";
import { cell, code, fenced, markdownTable } from "./markdown.ts";
import { usage } from "./readme.ts";
import { inputVariable, resultVariable } from "./tekton-task.ts";

/** First line of every page that is generated as a whole. */
export function generatedNote(from: string): string {
  return `<!-- Generated from ${from} by npm run generate; edit that instead. -->`;
}

const hostNames: Readonly<Record<HostName, string>> = {
  github: "GitHub Actions",
  tekton: "Tekton",
  cli: "command line",
};

export function stepPage(contract: StepContract): string {
  const { name, hosts, resources } = contract;
  const inAction = hosts.includes("github") || hosts.includes("tekton");
  const parts = [
    generatedNote(`actions/${name}/contract.ts`),
    `# slipway ${name}`,
    oneLine(contract.summary),
    contract.details.trim(),
    `Runs as: ${hosts.map((host) => hostNames[host]).join(", ")}.`,
    usage(contract),
    inAction ? `## Environment\n\n${environment(contract)}` : undefined,
    hosts.includes("tekton") ? `## Resources\n\n${resourceSentence(resources)}` : undefined,
    `A JSON Schema of the inputs and outputs: [\`schemas/steps/${name}.json\`](../../../schemas/steps/${name}.json). Exit statuses and errors: [errors](../errors.md).`,
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

function environment(contract: StepContract): string {
  const rows = [
    ...Object.keys(contract.inputs).map((input) => [code(inputVariable(input)), `the input ${code(input)}`]),
    ...(contract.hosts.includes("tekton")
      ? Object.keys(contract.outputs).map((output) => [
          code(resultVariable(output)),
          `Tekton: the file that the output ${code(output)} is written to`,
        ])
      : []),
  ];
  return markdownTable(["Variable", "What it carries"], rows);
}

function resourceSentence({ cpu, memory, gpu }: StepContract["resources"]): string {
  const gpus = gpu === undefined ? "" : ` and ${gpu} \`nvidia.com/gpu\``;
  return `The Task's step \`main\` asks for ${cpu} CPU and ${memory} of memory${gpus}; change them in \`stepSpecs\`, never for the whole TaskRun.`;
}

/** `docs/reference/README.md`. */
export function referenceIndex(contracts: readonly StepContract[]): string {
  const rows = contracts.map(({ name, summary, hosts }) => [
    `[${code(name)}](steps/${name}.md)`,
    cell(summary),
    hosts.map((host) => hostNames[host]).join(", "),
  ]);
  return `${generatedNote("the contracts in actions/")}

# Reference

${markdownTable(["Step", "What it does", "Runs as"], rows)}

- [Command line](command-line.md): all steps as sub-commands of \`slipway\`
- [Errors](errors.md): every code, when it happens, and what to do
- [Predicates](predicates.md): what evidence states, who writes it, who reads it
- [JSON Schemas](../../schemas): \`model.yaml\`, \`metadata.json\`, every predicate, and the inputs and outputs of every step
`;
}

/** What `--help` prints, for the whole program and for each of its steps. */
export interface HelpTexts {
  readonly program: string;
  readonly steps: readonly { readonly name: string; readonly text: string }[];
}

/** `docs/reference/command-line.md`: the help texts themselves, so that page and program cannot differ. */
export function commandLinePage({ program, steps }: HelpTexts): string {
  const sections = steps.map(({ name, text }) => `## slipway ${name}\n\n${fenced("text", text)}`);
  return `${generatedNote("the contracts in actions/")}

# Command line

What \`slipway --help\` and \`slipway <step> --help\` print. Every code that a step can fail with: [errors](errors.md).

${[fenced("text", program), ...sections].join("\n\n")}
`;
}
