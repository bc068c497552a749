import type { Reach } from "../reach.ts";
import type { RegistryReference } from "../reference.ts";
import { announcedOnce } from "./announced-once.ts";
import { Authorizer, findCredentials } from "./auth/index.ts";
import { sharedConnections } from "./http/connections.ts";
import type { Exchange } from "./http/exchange.ts";
import { type Persistence, usualPersistence } from "./http/persist.ts";
import { originOf, plainHosts } from "./http/plain-http.ts";
import { RegistryClient } from "./registry-client.ts";

export interface ConnectOptions {
  readonly signal: AbortSignal;
  readonly reach?: Reach | undefined;
  readonly persistence?: Persistence;
  /** Stands between the client and the network, to look at what passes or to limit it. */
  readonly through?: (exchange: Exchange) => Exchange;
  /** Hears of a token server's successful answers, which are secret. */
  readonly onToken?: (answer: Uint8Array) => void;
}

/**
 * A client of the registry that a reference names, with the credentials that this machine has for it.
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function connectRegistry(
  { host }: Pick<RegistryReference, "host">,
  options: ConnectOptions,
): Promise<RegistryClient> {
  const { signal, reach = {}, persistence = usualPersistence, through = (exchange) => exchange, onToken } = options;
  const plainHttp = plainHosts(reach.plainHttp ?? []);
  const origin = originOf(host, plainHttp);
  // biome-ignore lint/style/noProcessEnv: proxies and credentials are where other tools find them, too.
  const env = process.env;
  const { exchange: direct, threads } = await sharedConnections(env, reach.caFile);
  const exchange = through(direct);
  const announce = announcedOnce(reach.notice);
  const authorizer = new Authorizer({
    registry: origin,
    plainHttp,
    credentials: async (repository) => {
      const search = await findCredentials(host, repository, env, signal);
      if (search.origin !== undefined) announce(`credentials for ${host}: ${search.origin}`);
      return search;
    },
    transport: async ({ method, url, headers, body }, abort) => {
      const answer = await exchange({ method, url, headers, body }, abort);
      const bytes = await answer.bytes(maxTokenBytes);
      if (answer.status === 200) onToken?.(bytes);
      return { status: answer.status, retryAfter: answer.header("retry-after"), body: bytes };
    },
    now: Date.now,
    signal,
  });
  const now = Date.now;
  return new RegistryClient({ origin, plainHttp, exchange, threads, authorizer, persistence, signal, now });
}

const maxTokenBytes = 256 * 1024;
