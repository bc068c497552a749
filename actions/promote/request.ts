import type { InputValues } from "../../src/contract/index.ts";
import type { PromotionRequest } from "../../src/lifecycle/index.ts";
import { requireDigest } from "../../src/oci/index.ts";
import type { contract } from "./contract.ts";
import { promoteError } from "./errors.ts";

/** What is asked for. @throws SlipwayError RETIREMENT_INVALID, DIGEST_REQUIRED */
export function requestOf(inputs: InputValues<typeof contract.inputs>): PromotionRequest {
  const { to, reason, advisory, replacement, sunset, migration } = inputs;
  const given = [replacement, sunset, migration].filter((part) => part !== undefined).length;
  if (given === 0) return { to, reason, advisory, retirement: undefined };
  if (to !== "retired" || replacement === undefined || sunset === undefined || migration === undefined) {
    throw promoteError(
      "RETIREMENT_INVALID",
      to === "retired" ? `${given} of the three were given` : `they belong to a retirement, not to ${to}`,
    );
  }
  const end = new Date(/^\d{4}-\d{2}-\d{2}$/.test(sunset) ? `${sunset}T23:59:59Z` : sunset);
  if (!/^\d{4}-\d{2}-\d{2}/.test(sunset) || Number.isNaN(end.getTime())) {
    throw promoteError("RETIREMENT_INVALID", `sunset is "${sunset.slice(0, 80)}"; expected a day such as 2027-03-31`);
  }
  return { to, reason, advisory, retirement: { replacement: requireDigest(replacement), sunset: end, migration } };
}
