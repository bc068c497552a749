import * as z from "zod";
import type { SlipwayError } from "../../errors/index.ts";
import { authError } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import type { HttpAnswer } from "./http/exchange.ts";

/** distribution-spec 1.1, "Error Codes". */
const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })).min(1),
});

const maxErrorBytes = 64 * 1024;
const mostShown = 5;

/** What an answer that is no success means, with the registry's own words. Reads the answer's body. */
export async function refusalOf(answer: HttpAnswer, host: string, what = "the request"): Promise<SlipwayError> {
  const { status, advice } = answer;
  const details = wordsIn(await answer.bytes(maxErrorBytes).catch(() => new Uint8Array()));
  const context = { details };
  const said = `${host} answered ${what} with ${status}`;
  if (status === 401 || status === 403) {
    return authError("REGISTRY_DENIED", said, advice === undefined ? context : { ...context, remedy: advice });
  }
  if (status === 408 || status === 429 || status >= 500) return registryError("REGISTRY_FAILED", said, context);
  if (status >= 400) return registryError("REGISTRY_REFUSED", said, context);
  return registryError("REGISTRY_CONFUSED", said, context);
}

function wordsIn(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).trim();
  if (text === "") return [];
  try {
    const { errors } = errorsSchema.parse(JSON.parse(text));
    return errors.slice(0, mostShown).map(({ code, message }) => [code, message].filter(Boolean).join(": "));
  } catch {
    // A proxy's page, or another language.
    return [text.slice(0, 300)];
  }
}
