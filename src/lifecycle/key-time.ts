import type { Signer } from "./dossier.ts";

/** Why a key may not be used at a time, to continue "the key …"; its `until` is the first moment too late. */
export function keyTimeProblem({ from, until }: Pick<Signer, "from" | "until">, at: Date): string | undefined {
  // Written so that a time that is none is refused, too.
  if (from !== undefined && !(at >= from)) return `is valid only from ${from.toISOString()}`;
  if (until !== undefined && !(at < until)) return `was valid only until ${until.toISOString()}`;
  return undefined;
}
