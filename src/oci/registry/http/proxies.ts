import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback } from "./plain-http.ts";

/** URLs of proxies, and the hosts that are reached without; empty for none. */
export interface Proxies {
  readonly https: string;
  readonly http: string;
  readonly none: string;
}

/** Connections through proxies; this machine itself is reached without. */
export function throughProxies(
  { https, http, none }: Proxies,
  options: Agent.Options,
  tls: EnvHttpProxyAgent.Options["requestTls"],
): Dispatcher {
  const proxied = new EnvHttpProxyAgent({
    ...options,
    httpsProxy: https,
    httpProxy: http,
    noProxy: none,
    ...(tls && { requestTls: tls, proxyTls: tls }),
  });
  // Credentials for a registry on this machine go over plain HTTP only because they do not leave it.
  const direct = new Agent(options);
  return proxied.compose(
    (dispatch) => (request, handler) =>
      isLoopback(new URL(request.origin ?? "")) ? direct.dispatch(request, handler) : dispatch(request, handler),
  );
}
