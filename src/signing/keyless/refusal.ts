import * as z from "zod";
import type { SlipwayError } from "../../errors/index.ts";
import { keylessError } from "./errors.ts";
import type { ServiceAnswer } from "./service.ts";

type Refused = "IDENTITY_REFUSED" | "FULCIO_REFUSED" | "REKOR_REFUSED" | "TIMESTAMP_REFUSED";

/** As grpc-gateway and go-openapi write errors. */
const errorSchema = z.object({ message: z.string() });
const mostShown = 300;

/**
 * What an answer that is no success means, with the service's own words in one line.
 * @param secret what was sent and must not be seen again, though a service may say it back
 */
export function refusalOf(code: Refused, answer: ServiceAnswer, { host }: URL, secret?: string): SlipwayError {
  const words = withoutSecret(wordsIn(answer.body), secret).slice(0, mostShown);
  return keylessError(code, `${host} answered with ${answer.status}${words === "" ? "" : `: ${words}`}`);
}

function wordsIn(body: Buffer): string {
  const text = body.toString().trim();
  try {
    return errorSchema.parse(JSON.parse(text)).message.trim();
  } catch {
    // A proxy's page, or another language. A page has nothing to say in one line.
    return text.startsWith("<") ? "" : text;
  }
}

/** A part of a token is as secret as all of it: the middle one says who somebody is, the last one proves it. */
function withoutSecret(text: string, secret: string | undefined): string {
  if (secret === undefined) return text;
  return [secret, ...secret.split(".")]
    .filter((part) => part.length > 0)
    .reduce((rest, part) => rest.replaceAll(part, "[token]"), text);
}
