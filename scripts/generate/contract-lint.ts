/** What a contract's types let pass and one of its hosts would stumble over. */

import type { StepContract } from "../../src/contract/index.ts";
import { flagNames } from "../../src/host/command/flags.ts";

/** One line for each fault; empty when the contract is sound. */
export function lintContract(contract: Pick<StepContract, "name" | "inputs" | "outputs">): readonly string[] {
  const names = [contract.name, ...Object.keys(contract.inputs), ...Object.keys(contract.outputs)];
  const flags = flagNames(contract);
  return [
    // Environment variables lose the case of a name, and result variables the difference between "-" and "_".
    ...names
      .filter((name) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
      .map((name) => `"${name}" is not kebab-case`),
    ...new Set(
      flags
        .filter((flag, i) => flags.indexOf(flag) !== i)
        .map((flag) => `two things are called --${flag} on the command line`),
    ),
  ].map((fault) => `${contract.name}: ${fault}`);
}
