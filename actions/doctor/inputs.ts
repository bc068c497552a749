import type { InputValues } from "../../src/contract/index.ts";
import type { contract } from "./contract.ts";

/** What doctor was given. */
export type Given = InputValues<typeof contract.inputs>;

const trust = [
  "key",
  "fulcio-url",
  "identity-token",
  "rekor-url",
  "timestamp-url",
  "trusted-root",
  "policy",
] as const satisfies readonly (keyof Given)[];

/** Whether anything was given that signs or is trusted. */
export function isTrustGiven(given: Given): boolean {
  return trust.some((name) => given[name] !== undefined);
}
