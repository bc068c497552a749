import type { InputValues } from "../../src/contract/index.ts";
import type { contract } from "./contract.ts";
import { attestError } from "./errors.ts";

/** What the step was given. */
export type Given = InputValues<typeof contract.inputs>;
export type Members = Readonly<Record<string, unknown>>;

/** An input that the type needs unless a file says everything. */
export function required(given: Given, name: keyof Given & string, file: Members | undefined): string | undefined {
  const value = said(given, name, file);
  if (value !== undefined || file !== undefined) return value;
  throw missing(given.type, name);
}

/** What an input says. It would be a guess which of two was meant, so the file must not say it, too. */
export function said(given: Given, name: keyof Given & string, file: Members | undefined): string | undefined {
  const value = given[name];
  if (typeof value !== "string" || value === "") return undefined;
  refuseTwice(file, name === "on-call" ? "onCall" : name, name);
  return value;
}

/** @throws SlipwayError PREDICATE_INVALID when the file has a member that an input says as well */
export function refuseTwice(file: Members | undefined, member: string, input: string): void {
  if (file === undefined || !Object.hasOwn(file, member)) return;
  throw attestError("PREDICATE_INVALID", `"${member}" is in the file, and was given as the input "${input}" as well`);
}

export function requireFile(given: Given, file: Members | undefined): Members {
  if (file !== undefined) return file;
  throw missing(given.type, "predicate");
}

export function missing(type: string, name: string) {
  return attestError("PREDICATE_INPUT_MISSING", `a statement of type ${type} needs the input "${name}"`);
}
