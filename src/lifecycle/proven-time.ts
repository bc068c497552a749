import type { ProvenTime, Signer } from "./dossier.ts";
import { keyTimeProblem } from "./key-time.ts";
import type { Policy } from "./policy.ts";

/** Clocks of machines that sign, and of authorities that vouch for times, differ a little. */
export const skewMs = 5 * 60_000;

/**
 * Why a time does not count under a policy that asks for proven ones, as a clause; undefined when it does, and under any
 * other policy. Whoever states a time can state an earlier one, so the signer's period must hold at the proven time.
 *
 * @param asserted undefined for a statement that names no time
 */
export function provenTimeProblem(
  times: Policy["times"],
  { proven, signer }: { readonly proven?: ProvenTime; readonly signer: Signer },
  asserted: Date | undefined,
): string | undefined {
  if (times === "asserted") return undefined;
  if (proven === undefined) return "its time is not proven";
  if (asserted !== undefined && !(asserted.getTime() <= proven.at.getTime() + skewMs)) {
    return `its time is not proven: it says ${shown(asserted)}, and was there by ${proven.at.toISOString()}`;
  }
  const problem = keyTimeProblem(signer, proven.at);
  return problem === undefined
    ? undefined
    : `its time is proven as ${proven.at.toISOString()}, and its key "${signer.name}" ${problem}`;
}

function shown(time: Date): string {
  return Number.isNaN(time.getTime()) ? "none" : time.toISOString();
}
