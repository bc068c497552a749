import type { HttpAnswer } from "./http/exchange.ts";
import { locate } from "./http/redirect.ts";
import type { Call, RegistryClient } from "./registry-client.ts";

/** Pages in a row that may bring nothing new; a list that leads on for longer leads on for ever. */
export const mostFruitless = 20;

/** One page of a list: its bytes, which are read only where the answer is 200. */
interface FetchedPage {
  readonly answer: HttpAnswer;
  readonly bytes: Uint8Array;
}

/**
 * Asks for one page, and again when it breaks off.
 * @param limit most bytes that it may have
 * @throws SlipwayError REGISTRY_*
 */
export function fetchPage(client: RegistryClient, call: Call, limit: number): Promise<FetchedPage> {
  return client.persist(async () => {
    const answer = await client.once(call);
    return { answer, bytes: answer.status === 200 ? await answer.bytes(limit) : new Uint8Array() };
  });
}

/**
 * The next page that a `Link` header names (RFC 8288); undefined when this was the last.
 * @throws SlipwayError REGISTRY_CONFUSED
 */
export function nextPage(link: string | undefined, from: URL): URL | undefined {
  const target = /<([^<>]*)>\s*;[^<]*\brel\s*=\s*"?next"?/i.exec(link ?? "")?.[1];
  return target === undefined ? undefined : locate(target, from);
}
