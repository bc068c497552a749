import type { SlipwayError } from "../../errors/index.ts";
import type { Reach } from "../reach.ts";
import { registryError } from "./errors.ts";
import { sharedConnections } from "./http/connections.ts";
import type { Exchange, HttpRequest } from "./http/exchange.ts";
import { Passing, type Persistence, persist, retryAfter, usualPersistence } from "./http/persist.ts";
import { mayReach, type PlainHosts, plainHosts } from "./http/plain-http.ts";

/** One request to a service that is no registry. */
export interface ServiceRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Bytes that an answer may have. */
  readonly limit: number;
}

/** What came back, whatever its status. */
export interface ServiceReply {
  readonly status: number;
  /** By lower-case name; undefined for none. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface ServiceClientOptions {
  readonly reach?: Pick<Reach, "plainHttp" | "caFile"> | undefined;
  readonly signal: AbortSignal;
  readonly persistence?: Persistence | undefined;
  /** How long one exchange may take in all, in milliseconds. */
  readonly patience?: number | undefined;
}

const usualPatience = 30_000;

/**
 * A client of services beside the registry, over the same connections: authorities, proxies and the rule about plain
 * HTTP are those of registries. It follows no redirect, and knows nothing of what it carries.
 *
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function connectService(options: ServiceClientOptions): Promise<ServiceClient> {
  const { reach = {}, signal, persistence = usualPersistence, patience = usualPatience } = options;
  // biome-ignore lint/style/noProcessEnv: proxies are where other tools find them, too.
  const { exchange } = await sharedConnections(process.env, reach.caFile);
  const plainHttp = plainHosts(reach.plainHttp ?? []);
  return new ServiceClient({ exchange, plainHttp, signal, persistence, patience });
}

interface Connected extends Required<Omit<ServiceClientOptions, "reach" | "persistence" | "patience">> {
  readonly exchange: Exchange;
  readonly plainHttp: PlainHosts;
  readonly persistence: Persistence;
  readonly patience: number;
}

export class ServiceClient {
  readonly #options: Connected;

  constructor(options: Connected) {
    this.#options = options;
  }

  /**
   * Sends a request until there is an answer that is not "later", or patience ends: then the last answer is given, too.
   *
   * @throws SlipwayError REGISTRY_UNREACHABLE, REGISTRY_INSECURE, REGISTRY_CONFUSED for a body over the limit,
   *   CERTIFICATE_UNTRUSTED, PROXY_REFUSED; the signal's reason
   */
  async send(request: ServiceRequest): Promise<ServiceReply> {
    const { plainHttp, persistence, signal } = this.#options;
    const { url } = request;
    if (!mayReach(url, url, plainHttp)) {
      throw registryError("REGISTRY_INSECURE", `${url.host} would be reached without encryption`);
    }
    let later: ServiceReply | undefined;
    const attempt = async (): Promise<ServiceReply> => {
      later = undefined;
      const reply = await this.#once(request);
      if (reply.status !== 408 && reply.status !== 429 && reply.status < 500) return reply;
      later = reply;
      const failure = registryError("REGISTRY_FAILED", `${url.host} answered with ${reply.status}`);
      throw new Passing(failure, retryAfter(reply.header("retry-after"), Date.now()));
    };
    try {
      return await persist(attempt, persistence, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (later !== undefined) return later;
      throw error;
    }
  }

  async #once({ method, url, headers, body, limit }: ServiceRequest): Promise<ServiceReply> {
    const { exchange, signal, patience } = this.#options;
    const deadline = AbortSignal.timeout(patience);
    const sent: HttpRequest = { method, url, headers, body, patience, long: true };
    try {
      // Said to be long, so that it is sent once only: what is short may be sent again by another client.
      const answer = await exchange(sent, AbortSignal.any([signal, deadline]));
      const bytes = await answer.bytes(limit);
      return { status: answer.status, header: (name) => answer.header(name), body: Buffer.from(bytes) };
    } catch (error) {
      if (deadline.aborted && !signal.aborted) throw tooSlow(url, patience);
      throw error;
    }
  }
}

function tooSlow({ host }: URL, patience: number): SlipwayError {
  const seconds = Math.round(patience / 100) / 10;
  return registryError("REGISTRY_UNREACHABLE", `the connection to ${host} failed: no whole answer in ${seconds} s`);
}
