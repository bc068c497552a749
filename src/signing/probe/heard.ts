import { SlipwayError } from "../../errors/index.ts";
import { type Finding, finding } from "../../oci/index.ts";

/** What came of asking: an answer, or why there is none. Neither is thrown. */
export type Heard<T> = { readonly said: T } | { readonly failure: SlipwayError };

/**
 * Asks, and takes a failure for an answer.
 * @throws the signal's reason; what is a bug and no failure
 */
export async function hear<T>(signal: AbortSignal, ask: () => T | Promise<T>): Promise<Heard<T>> {
  try {
    return { said: await ask() };
  } catch (failure) {
    signal.throwIfAborted();
    if (failure instanceof SlipwayError) return { failure };
    throw failure;
  }
}

/** The finding of something that failed. @param consequence what will not work, as a sentence without a full stop */
export function failed(check: string, failure: SlipwayError, consequence: string): Finding {
  const { message, details, remedy, family } = failure;
  // Remedies of what passes speak of steps that were under way.
  const advice = family === "temporary" ? "Look at the network, the proxy and the host's name, or try later." : remedy;
  return finding(
    check,
    "failed",
    [message, ...details.slice(0, 3)].join(" ").slice(0, 300),
    `${consequence}. ${advice}`,
  );
}
