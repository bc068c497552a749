import { SlipwayError } from "../../errors/index.ts";
import { openServiceClient, type ServiceClientOptions, type ServiceReply } from "../../oci/index.ts";
import { keylessError } from "./errors.ts";

/** Who is asked; failures are named by it. */
type ServiceName = "fulcio" | "rekor" | "timestamps" | "identity";

/** What is sent to a service. */
export interface ServicePost {
  readonly to: ServiceName;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Uint8Array;
  /** A secret that shows who asks. */
  readonly bearer?: string;
}

/** An answer that is neither a redirect nor "later". */
export type ServiceAnswer = ServiceReply;

/** What requests for keyless signing go through. */
export interface SigningService {
  /**
   * @param limitBytes what the answer may have
   * @throws SlipwayError FULCIO_UNREACHABLE, REKOR_UNREACHABLE, TIMESTAMP_UNREACHABLE or IDENTITY_UNREACHABLE, SERVICE_URL_INVALID,
   *   SERVICE_INSECURE, SERVICE_REDIRECTS, SERVICE_CONFUSED, CERTIFICATE_UNTRUSTED, PROXY_REFUSED
   */
  post(url: URL, request: ServicePost, limitBytes: number): Promise<ServiceAnswer>;
  /** The same for what is only read. */
  get(url: URL, request: Pick<ServicePost, "to" | "accept" | "bearer">, limitBytes: number): Promise<ServiceAnswer>;
}

/**
 * The one way to signing services: https, or plain HTTP with this machine and the hosts that `reach` names for it;
 * through proxies and with the authorities that registries are reached with; no redirect is followed.
 *
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function openSigningService(options: ServiceClientOptions): Promise<SigningService> {
  const client = await openServiceClient(options);
  const ask = async (method: "GET" | "POST", url: URL, request: Asked, limit: number): Promise<ServiceAnswer> => {
    requirePlainUrl(url, request.to);
    const { to, contentType, accept, body, bearer } = request;
    const headers = {
      accept,
      ...(contentType !== undefined && { "content-type": contentType }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
    const answer = await client.send({ method, url, headers, body, limit }).catch((error: unknown) => {
      throw failureOf(error, to);
    });
    const { status } = answer;
    if (status >= 300 && status < 400) throw redirected(answer, url);
    if (status !== 408 && status !== 429 && status < 500) return answer;
    throw keylessError(unreachable[to], `${url.host} answered with ${status}`);
  };
  return {
    post: (url, request, limit) => ask("POST", url, request, limit),
    get: (url, request, limit) => ask("GET", url, request, limit),
  };
}

type Asked = Pick<ServicePost, "to" | "accept"> & Partial<ServicePost>;

const mostShown = 80;
const unreachable = {
  fulcio: "FULCIO_UNREACHABLE",
  rekor: "REKOR_UNREACHABLE",
  timestamps: "TIMESTAMP_UNREACHABLE",
  identity: "IDENTITY_UNREACHABLE",
} as const;

function requirePlainUrl(url: URL, to: ServiceName): void {
  const { protocol, username, password, search, hash, host } = url;
  // A runner's own address has a query; it comes from the runner and not from a person.
  const query = to === "identity" ? "" : search;
  if (/^https?:$/.test(protocol) && !(username || password || query || hash)) return;
  const what = /^https?:$/.test(protocol) ? "has more than a host and a path" : `is of scheme ${protocol}`;
  throw keylessError("SERVICE_URL_INVALID", `the URL of a signing service on ${host || "no host"} ${what}`);
}

/** A failure on the way, in the words of signing; what is said of certificates and proxies holds for every host. */
function failureOf(error: unknown, to: ServiceName): unknown {
  if (!(error instanceof SlipwayError)) return error;
  const { code, message, cause } = error;
  if (code === "REGISTRY_UNREACHABLE") return keylessError(unreachable[to], message, { cause });
  if (code === "REGISTRY_INSECURE") return keylessError("SERVICE_INSECURE", message, { cause });
  if (code === "REGISTRY_CONFUSED") return keylessError("SERVICE_CONFUSED", message, { cause });
  return error;
}

function redirected(answer: ServiceAnswer, from: URL): SlipwayError {
  const to = URL.parse(answer.header("location") ?? "", from.href);
  // A path or a query may have anything in it, also what was sent.
  const where = to === null || to.host.length > mostShown ? "elsewhere" : to.host;
  return keylessError("SERVICE_REDIRECTS", `${from.host} answered with ${answer.status} and leads to ${where}`);
}
