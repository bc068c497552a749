import { locate } from "./http/redirect.ts";

/**
 * The next page that a `Link` header names (RFC 8288); undefined when this was the last.
 * @throws SlipwayError REGISTRY_CONFUSED
 */
export function nextPage(link: string | undefined, from: URL): URL | undefined {
  const target = /<([^<>]*)>\s*;[^<]*\brel\s*=\s*"?next"?/i.exec(link ?? "")?.[1];
  return target === undefined ? undefined : locate(target, from);
}
