import { authError } from "./errors.ts";

/** True where nobody on the way can read what is sent: https, or this very machine. */
export function keepsSecrets(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url);
}

/**
 * The address of the token server that a registry names (distribution, "Token Authentication Specification").
 *
 * It may be another host, since the registry's own answer names it. Only a registry that is itself plain HTTP on
 * this machine may name a plain HTTP server, and only on this machine: otherwise a registry could have us ask, with
 * credentials, what only this machine can reach.
 *
 * @param registry origin of the registry
 * @throws SlipwayError TOKEN_REALM_REFUSED
 */
export function tokenServer(realm: string, registry: URL): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const local = registry.protocol === "http:" && isLoopback(registry);
  if (url === undefined) throw refused(registry, "is not a URL");
  if (url.username !== "" || url.password !== "") throw refused(registry, `has a user name in it (${url.host})`);
  if (url.protocol === "http:" && !(local && isLoopback(url))) throw refused(registry, `is plain HTTP (${url.host})`);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(registry, `starts with "${url.protocol}"`);
  url.hash = "";
  return url;
}

// The URL parser has turned every spelling of an IPv4 address into four decimal numbers. Names below `localhost` are
// left out: the resolver may send them anywhere.
function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function refused(registry: URL, why: string): Error {
  return authError("TOKEN_REALM_REFUSED", `the token server that ${registry.host} names ${why}`);
}
