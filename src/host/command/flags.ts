import type { StepContract } from "../../contract/index.ts";

/** Flags that every step has besides its inputs. */
export const commonFlags = [
  { name: "json", description: "Print one JSON object instead of the summary." },
  { name: "debug", description: "Show debug lines." },
  { name: "help", description: "Show this help." },
] as const;

/** Every flag of a step, without its dashes: inputs, `no-` forms of boolean inputs, common flags. */
export function flagNames(contract: Pick<StepContract, "inputs">): readonly string[] {
  return [
    ...Object.keys(contract.inputs),
    ...booleanInputs(contract).map((name) => `no-${name}`),
    ...commonFlags.map(({ name }) => name),
  ];
}

/**
 * Gives every boolean flag its value: `--flag` and `--flag true` become `--flag=true`, `--no-flag` becomes
 * `--flag=false`. A flag with an optional value would otherwise swallow the word after it.
 */
export function joinBooleans(argv: readonly string[], contract: Pick<StepContract, "inputs">): string[] {
  const booleans = booleanInputs(contract);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const joined: string[] = [];
  for (let at = 0; at < end; at += 1) {
    const word = argv[at] ?? "";
    const next = at + 1 < end ? (argv[at + 1] ?? "") : "";
    if (booleans.some((name) => word === `--no-${name}`)) joined.push(`--${word.slice("--no-".length)}=false`);
    else if (!booleans.some((name) => word === `--${name}`)) joined.push(word);
    else if (/^(true|false)$/i.test(next)) {
      joined.push(`${word}=${next}`);
      at += 1;
    } else joined.push(`${word}=true`);
  }
  return [...joined, ...argv.slice(end)];
}

function booleanInputs({ inputs }: Pick<StepContract, "inputs">): string[] {
  return Object.entries(inputs).flatMap(([name, input]) => (input.kind === "boolean" ? [name] : []));
}
