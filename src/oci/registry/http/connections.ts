import type { Agent } from "undici";
import { TransferPool } from "../transfer/index.ts";
import { PersistentConnections, trusting } from "../wire/index.ts";
import { readAuthorities } from "./authorities.ts";
import { type Exchange, type ExchangeOptions, exchangeThrough } from "./exchange.ts";
import { type FileThreads, threadsOf } from "./file-threads.ts";

/** Blobs that travel at once need a connection each. */
const mostConnections = 16;

/** What reaches registries. */
export interface Connections {
  readonly exchange: Exchange;
  /** Undefined where files do not go through threads. */
  readonly threads: FileThreads | undefined;
}

/** By file of authorities. Connections are shared by all stores of a process, and hold no process open. */
const shared = new Map<string, Promise<Connections>>();

/**
 * The process's connections, for all who trust the same authorities.
 *
 * @param caFile PEM file of further authorities
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export function sharedConnections(
  env: Readonly<Record<string, string | undefined>>,
  caFile: string | undefined,
): Promise<Connections> {
  const key = caFile ?? "";
  const known = shared.get(key);
  if (known !== undefined) return known;
  const connections = connected(env, caFile);
  shared.set(key, connections);
  connections.catch(() => shared.delete(key));
  return connections;
}

async function connected(
  env: Readonly<Record<string, string | undefined>>,
  caFile: string | undefined,
): Promise<Connections> {
  const options = connect(env, caFile === undefined ? [] : await readAuthorities(caFile));
  const { transfers } = options;
  return { exchange: exchangeThrough(options), threads: transfers && threadsOf(transfers) };
}

/**
 * Connections as the environment wants them: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, except for this machine
 * itself; authorities are those that Node trusts, with NODE_EXTRA_CA_CERTS, and further ones. HTTP/2 stays off:
 * registries break it on long transfers.
 *
 * @param authorities certificates in PEM
 */
export function connect(
  env: Readonly<Record<string, string | undefined>>,
  authorities: readonly string[] = [],
): ExchangeOptions {
  const tls = trusting(authorities);
  const options: Agent.Options = {
    connections: mostConnections,
    allowH2: false,
    keepAliveTimeout: 10_000,
    pipelining: 1,
    connect: tls,
  };
  const [https = "", http = "", none = ""] = ["https_proxy", "http_proxy", "no_proxy"].map(
    (name) => env[name] || env[name.toUpperCase()] || "",
  );
  if (!https && !http) {
    const direct = once(async () => (await import("./direct.ts")).directly(options));
    return { dispatcher: direct, short: new PersistentConnections(tls), transfers: new TransferPool({ authorities }) };
  }
  // Other connections know nothing of proxies: everything goes through the dispatcher.
  const proxies = { https, http, none };
  return { dispatcher: once(async () => (await import("./proxies.ts")).throughProxies(proxies, options, tls)) };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
