import { expect } from "vitest";
import { SlipwayError } from "../../src/errors/index.ts";

/**
 * Expects that something fails with a code, and that a user could read what is said.
 *
 * @param work what must fail, by throwing or by rejecting
 * @returns the error, for further expectations
 */
export async function expectError(code: string, work: () => unknown): Promise<SlipwayError> {
  const thrown = await thrownBy(work);
  if (!(thrown instanceof SlipwayError))
    throw new Error(`expected ${code}, found ${String(thrown)}`, { cause: thrown });
  expect(`${thrown.code} ${thrown.message}`).toMatch(new RegExp(`^${code} `));
  expect(thrown.family).not.toBe("bug");
  expect(thrown.message).not.toMatch(/undefined|\[object|: :/);
  return thrown;
}

/** What was thrown; fails when nothing was. */
export async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
