import type { ContentPool } from "../../content/index.ts";
import type { RegistryReference } from "../reference.ts";
import { Authorizer, findCredentials } from "./auth/index.ts";
import { connect } from "./http/connections.ts";
import { type Exchange, exchangeThrough } from "./http/exchange.ts";
import { type Persistence, usualPersistence } from "./http/persist.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryStore } from "./registry-store.ts";
import { UploadJournal } from "./upload-journal.ts";
import type { UploadMode } from "./upload-plan.ts";

export interface RegistryOptions {
  readonly pool: ContentPool;
  readonly signal: AbortSignal;
  readonly persistence?: Persistence;
  /** How files are sent; "auto" when it is not given. */
  readonly uploadMode?: UploadMode | undefined;
}

/** Connections are shared by all stores of a process, and hold no process open. */
let shared: Exchange | undefined;

/** The repository of a reference as a store. Nothing is asked of the registry yet. */
export function openRegistry(reference: RegistryReference, options: RegistryOptions): RegistryStore {
  const { pool, signal, persistence = usualPersistence } = options;
  const { host, path } = reference;
  const origin = originOf(host);
  // biome-ignore lint/style/noProcessEnv: proxies and credentials are where other tools find them, too.
  const env = process.env;
  shared ??= exchangeThrough(connect(env));
  const exchange = shared;
  const authorizer = new Authorizer({
    registry: origin,
    credentials: (repository) => findCredentials(host, repository, env, signal),
    transport: async ({ method, url, headers, body }, abort) => {
      const answer = await exchange({ method, url, headers, body }, abort);
      return { status: answer.status, body: await answer.bytes(maxTokenBytes) };
    },
    now: Date.now,
    signal,
  });
  const client = new RegistryClient({ origin, exchange, authorizer, persistence, signal, now: Date.now });
  return new RegistryStore(client, path, pool, { mode: options.uploadMode, journal: UploadJournal.ofUser(env) });
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
