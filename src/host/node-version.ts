import { hostError } from "./errors.ts";

/** The oldest Node that can load the steps' code; an older one fails in the middle of a file, without a remedy. */
const oldestMajor = 24;

/**
 * Refuses a Node that is too old, before any code is loaded that it cannot read.
 * @param version as in `process.versions.node`
 * @throws SlipwayError NODE_TOO_OLD
 */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) >= oldestMajor) return;
  throw hostError("NODE_TOO_OLD", `Slipway needs Node ${oldestMajor} or newer, and was started with ${version}`);
}
