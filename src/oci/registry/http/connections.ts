import { createSecureContext, getCACertificates } from "node:tls";
import { Agent } from "undici";
import { TransferPool } from "../transfer/index.ts";
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
  const options = await connect(env, caFile === undefined ? [] : await readAuthorities(caFile));
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
export async function connect(
  env: Readonly<Record<string, string | undefined>>,
  authorities: readonly string[] = [],
): Promise<ExchangeOptions> {
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
  if (!https && !http) return { dispatcher: new Agent(options), transfers: new TransferPool({ authorities }) };
  // Threads make connections of their own, which know nothing of proxies: files go through the dispatcher as well.
  const { throughProxies } = await import("./proxies.ts");
  return { dispatcher: throughProxies({ https, http, none }, options, tls) };
}

/** What is made once for all connections: reading the system's authorities takes milliseconds. */
function trusting(authorities: readonly string[]) {
  if (authorities.length === 0) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates("default"), ...authorities] }) };
}
