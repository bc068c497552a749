import type { RegistryReference } from "../reference.ts";
import { Authorizer, findCredentials } from "./auth/index.ts";
import { connect } from "./http/connections.ts";
import { type Exchange, exchangeThrough } from "./http/exchange.ts";
import { type Persistence, usualPersistence } from "./http/persist.ts";
import { RegistryClient } from "./registry-client.ts";

export interface ConnectOptions {
  readonly signal: AbortSignal;
  readonly persistence?: Persistence;
  /** Stands between the client and the network, to look at what passes or to limit it. */
  readonly through?: (exchange: Exchange) => Exchange;
  /** Hears of a token server's successful answers, which are secret. */
  readonly onToken?: (answer: Uint8Array) => void;
}

/** Connections are shared by all clients of a process, and hold no process open. */
let shared: Exchange | undefined;

/** A client of the registry that a reference names, with the credentials that this machine has for it. */
export function connectRegistry({ host }: Pick<RegistryReference, "host">, options: ConnectOptions): RegistryClient {
  const { signal, persistence = usualPersistence, through = (exchange) => exchange, onToken } = options;
  const origin = originOf(host);
  // biome-ignore lint/style/noProcessEnv: proxies and credentials are where other tools find them, too.
  const env = process.env;
  shared ??= exchangeThrough(connect(env));
  const exchange = through(shared);
  const authorizer = new Authorizer({
    registry: origin,
    credentials: (repository) => findCredentials(host, repository, env, signal),
    transport: async ({ method, url, headers, body }, abort) => {
      const answer = await exchange({ method, url, headers, body }, abort);
      const bytes = await answer.bytes(maxTokenBytes);
      if (answer.status === 200) onToken?.(bytes);
      return { status: answer.status, body: bytes };
    },
    now: Date.now,
    signal,
  });
  return new RegistryClient({ origin, exchange, authorizer, persistence, signal, now: Date.now });
}

const maxTokenBytes = 256 * 1024;

/** Docker Hub's registry has another name than the one that people write. */
const otherNames: Readonly<Record<string, string>> = {
  "docker.io": "registry-1.docker.io",
  "index.docker.io": "registry-1.docker.io",
};

/** Plain HTTP is spoken with this machine only (DESIGN 6, invariant 6). */
function originOf(host: string): URL {
  const url = new URL(`https://${otherNames[host] ?? host}`);
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) url.protocol = "http:";
  return url;
}
