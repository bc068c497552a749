import { randomBytes } from "node:crypto";
import type { Host } from "../../../src/contract/index.ts";
import { jsonReply, type Served, serve } from "../sigstore/serve.ts";

/** What gives a job of GitHub its identity tokens. */
export interface Runner extends AsyncDisposable {
  readonly provider: NonNullable<Host["identityProvider"]>;
  /** What it wants as bearer. */
  readonly requestToken: string;
  readonly asked: Served["asked"];
}

/**
 * The endpoint of GitHub's runner: it wants its own token as bearer, and an audience besides the query that its address
 * has already (GitHub, "OpenID Connect reference").
 *
 * @param token makes the tokens that it gives
 */
export async function startRunner(token: () => string): Promise<Runner> {
  const requestToken = randomBytes(32).toString("hex");
  const served = await serve(({ method, path, headers }) => {
    const { pathname, searchParams } = new URL(path, "http://runner.test");
    if (headers.authorization !== `Bearer ${requestToken}`) return jsonReply(401, { message: "not authorized" });
    const right = pathname === "/token" && searchParams.get("api-version") === "2.0";
    if (method !== "GET" || !right || searchParams.get("audience") !== "sigstore") {
      return jsonReply(400, { message: "bad request" });
    }
    return jsonReply(200, { value: token() });
  });
  const secret = { place: "env://ACTIONS_ID_TOKEN_REQUEST_TOKEN", read: async () => Buffer.from(requestToken) };
  return {
    provider: { url: `${served.url.href}token?api-version=2.0`, token: secret },
    requestToken,
    asked: served.asked,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}
