import type { ErrorContext } from "../../../errors/index.ts";
import { mayReach, noPlainHosts, type PlainHosts } from "../http/plain-http.ts";
import { authError } from "./errors.ts";

/**
 * The address of the token server that a registry names (distribution, "Token Authentication Specification").
 *
 * It may be another host, since the registry's own answer names it. Over plain HTTP it has to be one that the user named,
 * too, or one on this machine for a registry on this machine.
 *
 * @param registry origin of the registry
 * @param named hosts that the user named for plain HTTP
 * @throws SlipwayError TOKEN_REALM_REFUSED
 */
export function tokenServer(realm: string, registry: URL, named: PlainHosts = noPlainHosts): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined) throw refused(registry, "is not a URL");
  if (url.username !== "" || url.password !== "") throw refused(registry, `has a user name in it (${url.host})`);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(registry, `starts with "${url.protocol}"`);
  if (!mayReach(url, registry, named)) {
    throw refused(registry, `is plain HTTP (${url.host})`, {
      remedy: `Ask whoever runs the registry to name an https address; where everybody on the way may read your credentials, add ${url.host} to plain-http.`,
    });
  }
  url.hash = "";
  return url;
}

function refused(registry: URL, why: string, context: ErrorContext = {}): Error {
  return authError("TOKEN_REALM_REFUSED", `the token server that ${registry.host} names ${why}`, context);
}
