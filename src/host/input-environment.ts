import type { StepContract } from "../contract/index.ts";
import type { Environment } from "./environment.ts";
import type { InputTexts } from "./step-entry.ts";

/** The variable that GitHub's runner sets for an input, and the generated Task too: `foo-bar` is `INPUT_FOO-BAR`. */
function variableOf(input: string): string {
  return `INPUT_${input.replaceAll(" ", "_").toUpperCase()}`;
}

/** The declared inputs' texts; other INPUT_* variables are not looked at. */
export function declaredInputs(contract: Pick<StepContract, "inputs">, env: Environment): InputTexts {
  return Object.fromEntries(Object.keys(contract.inputs).map((name) => [name, env[variableOf(name)]]));
}

// What the kubelet sets for every Service of the namespace; one may be named `input-…`.
const serviceLink = /_SERVICE_(HOST|PORT)(_|$)|_PORT(_|$)/;

/** Texts of the INPUT_* variables that belong to no declared input, by the name an input would have. */
export function undeclaredInputs(contract: Pick<StepContract, "inputs">, env: Environment): InputTexts {
  const declared = new Set(Object.keys(contract.inputs).map(variableOf));
  const found = Object.entries(env).filter(
    ([variable]) => variable.startsWith("INPUT_") && !declared.has(variable) && !serviceLink.test(variable),
  );
  return Object.fromEntries(found.map(([variable, text]) => [nameOf(variable), text]));
}

// A variable in mixed case would read like the declared input that it misses; its own name says what is wrong.
function nameOf(variable: string): string {
  return variable === variable.toUpperCase() ? variable.slice("INPUT_".length).toLowerCase() : variable;
}
