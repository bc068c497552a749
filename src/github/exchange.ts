import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";

/** An answer that was received to its end, or to the limit. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined when there was more of it than the limit. */
  readonly body: Buffer | undefined;
}

/**
 * One GET over a connection of its own. Redirects are not followed, so that the token stays with whom it is meant for.
 * Proxies are those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, except for this machine itself.
 *
 * @param limit bytes of the body that are read
 * @throws whatever undici and `signal` throw
 */
export async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { local, limit, signal }: { readonly local: boolean; readonly limit: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const options: Agent.Options = { allowH2: false, connections: 1 };
  const dispatcher: Dispatcher = local ? new Agent(options) : new EnvHttpProxyAgent(options);
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: "GET",
      headers: { ...headers },
      signal,
    });
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of answer.body) {
      size += piece.length;
      if (size > limit) return { status: answer.statusCode, headers: answer.headers, body: undefined };
      pieces.push(piece);
    }
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) };
  } finally {
    await dispatcher.destroy();
  }
}
