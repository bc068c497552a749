import type { BearerChallenge } from "./challenge.ts";
import { basicAuthorization, type Credentials } from "./credentials.ts";

/** A request to a token server. Its headers and its body are secret, its URL is not. */
export interface TokenRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const clientId = "slipway";

/**
 * The request for an access token: a GET with HTTP Basic or nothing (distribution, "Token Authentication
 * Specification"), or the exchange of an identity token by POST (distribution, "OAuth2 Token Authentication").
 *
 * @param credentials undefined to ask as nobody; the realm must be one that `parseChallenges` let through
 * @param scopes `repository:<name>:<actions>`
 */
export function tokenRequest(
  { realm, service }: Pick<BearerChallenge, "realm" | "service">,
  credentials: Exclude<Credentials, { readonly kind: "registry-token" }> | undefined,
  scopes: readonly string[],
): TokenRequest {
  if (credentials?.kind === "identity-token") return exchange(realm, service, credentials.token, scopes);
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  url.searchParams.set("client_id", clientId);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials !== undefined) {
    headers["authorization"] = basicAuthorization(credentials.username, credentials.password);
  }
  return { method: "GET", url, headers, body: undefined };
}

function exchange(realm: URL, service: string | undefined, token: string, scopes: readonly string[]): TokenRequest {
  const form = new URLSearchParams({ grant_type: "refresh_token", client_id: clientId, refresh_token: token });
  if (service !== undefined) form.set("service", service);
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  return {
    method: "POST",
    url: new URL(realm),
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: new TextEncoder().encode(form.toString()),
  };
}
