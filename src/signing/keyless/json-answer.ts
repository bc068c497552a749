import type * as z from "zod";
import { keylessError } from "./errors.ts";
import type { ServiceAnswer } from "./service.ts";

/**
 * The JSON of an answer, as far as a schema knows it. Nothing of what came is quoted: it may hold what was sent.
 * @throws SlipwayError SERVICE_CONFUSED
 */
export function jsonOf<T>({ body }: ServiceAnswer, schema: z.ZodType<T>, { host }: URL): T {
  const content = jsonIn(body);
  if (content === undefined) {
    throw keylessError("SERVICE_CONFUSED", `${host} sent something that is not JSON, or not all of it`);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw keylessError("SERVICE_CONFUSED", `${host} sent JSON of another form than was asked for`);
}

/** @returns undefined for what is not JSON in UTF-8 */
export function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
