import { SlipwayError } from "../../../src/errors/index.ts";

/**
 * How work ended: `done`, or the code of the error. Whatever else was thrown is thrown on: it would be a bug.
 * @throws what is no SlipwayError, and one that says nothing
 */
export async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.family === "bug" || error.remedy === "") throw error;
    if (/undefined|\[object|a-secret/.test([error.message, ...error.details].join(" "))) throw error;
    return error.code;
  }
}
