/** How to prove to one registry who is asking. Never part of a message, a URL or an argument. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Exchanged for access tokens at the token server (OAuth 2.0 calls it a refresh token). */
  | { readonly kind: "identity-token"; readonly token: string }
  /** Already the access token that the registry wants. */
  | { readonly kind: "registry-token"; readonly token: string };

/** Value of `Authorization` for a user name and a password (RFC 7617). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
