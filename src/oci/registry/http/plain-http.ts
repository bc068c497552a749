/** Hosts that a user named for plain HTTP, each as `URL.host` writes it. */
export type PlainHosts = ReadonlySet<string>;

export const noPlainHosts: PlainHosts = new Set();

/** Docker Hub's registry has another name than the one that people write. */
const otherNames: Readonly<Record<string, string>> = {
  "docker.io": "registry-1.docker.io",
  "index.docker.io": "registry-1.docker.io",
};

/** @param hosts `<host>[:<port>]`; without a port it is 80 */
export function plainHosts(hosts: readonly string[]): PlainHosts {
  return new Set(hosts.map((host) => plain(host).host));
}

/** Scheme, host and port of a registry: plain HTTP on this machine and where the user says so, https elsewhere. */
export function originOf(host: string, named: PlainHosts): URL {
  const name = otherNames[host] ?? host;
  const url = plain(name);
  return isLoopback(url) || named.has(url.host) ? url : new URL(`https://${name}`);
}

/**
 * Whether something that is meant for a registry, or that the registry leads to, may go to this address (DESIGN 6,
 * invariant 6). Https may. Plain HTTP goes to hosts that the user named, and stays on this machine where the registry is
 * on it: any other registry could have us ask, with credentials, what only this machine can reach.
 *
 * @param registry its origin
 */
export function mayReach(url: URL, registry: URL, named: PlainHosts): boolean {
  if (url.protocol !== "http:") return url.protocol === "https:";
  return named.has(url.host) || (registry.protocol === "http:" && isLoopback(registry) && isLoopback(url));
}

/**
 * True for this very machine. The URL parser has turned every spelling of an IPv4 address into four decimal numbers.
 * Names below `localhost` are left out: the resolver may send them anywhere.
 */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function plain(host: string): URL {
  return new URL(`http://${host}`);
}
