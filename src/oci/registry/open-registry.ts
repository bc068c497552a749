import type { ContentPool } from "../../content/index.ts";
import type { Reach } from "../reach.ts";
import type { RegistryReference } from "../reference.ts";
import { announcedOnce } from "./announced-once.ts";
import { Authorizer, findCredentials } from "./auth/index.ts";
import { sharedExchange } from "./http/connections.ts";
import { type Persistence, usualPersistence } from "./http/persist.ts";
import { originOf, plainHosts } from "./http/plain-http.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryStore } from "./registry-store.ts";
import { UploadJournal } from "./upload-journal.ts";
import type { UploadMode } from "./upload-plan.ts";

export interface RegistryOptions {
  readonly pool: ContentPool;
  readonly signal: AbortSignal;
  readonly reach?: Reach | undefined;
  readonly persistence?: Persistence;
  /** How files are sent; "auto" when it is not given. */
  readonly uploadMode?: UploadMode | undefined;
}

/**
 * The repository of a reference as a store. Nothing is asked of the registry yet.
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function openRegistry(reference: RegistryReference, options: RegistryOptions): Promise<RegistryStore> {
  const { pool, signal, reach = {}, persistence = usualPersistence } = options;
  const { host, path } = reference;
  const plainHttp = plainHosts(reach.plainHttp ?? []);
  const origin = originOf(host, plainHttp);
  // biome-ignore lint/style/noProcessEnv: proxies and credentials are where other tools find them, too.
  const env = process.env;
  const exchange = await sharedExchange(env, reach.caFile);
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
      const retryAfter = answer.header("retry-after");
      return { status: answer.status, retryAfter, body: await answer.bytes(maxTokenBytes) };
    },
    now: Date.now,
    signal,
  });
  const client = new RegistryClient({ origin, plainHttp, exchange, authorizer, persistence, signal, now: Date.now });
  return new RegistryStore(client, path, pool, { mode: options.uploadMode, journal: UploadJournal.ofUser(env) });
}

const maxTokenBytes = 256 * 1024;
