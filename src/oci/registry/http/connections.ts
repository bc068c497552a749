import { Agent, EnvHttpProxyAgent } from "undici";
import { TransferPool } from "../transfer/index.ts";
import type { ExchangeOptions } from "./exchange.ts";

/** Blobs that travel at once need a connection each. */
const mostConnections = 16;

/**
 * Connections as the environment wants them: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY; further authorities by
 * NODE_EXTRA_CA_CERTS, which Node reads by itself. HTTP/2 stays off: registries break it on long transfers.
 */
export function connect(env: Readonly<Record<string, string | undefined>>): ExchangeOptions {
  const options: Agent.Options = {
    connections: mostConnections,
    allowH2: false,
    keepAliveTimeout: 10_000,
    pipelining: 1,
  };
  const proxy = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"].some((name) => env[name]);
  // Threads make connections of their own, which know nothing of proxies.
  if (proxy) return { dispatcher: new EnvHttpProxyAgent(options) };
  return { dispatcher: new Agent(options), transfers: new TransferPool() };
}
