import * as z from "zod";
import { keylessError } from "./errors.ts";
import { jsonIn } from "./json-answer.ts";

const maxTokenBytes = 32 * 1024;

/** OpenID Connect Core 1.0, 2 and 5.1. Some issuers write truth as a text. */
const claimsSchema = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  exp: z.number(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
});

/** What a token says of itself. Nobody has checked it: whoever it is shown to does. */
export interface IdentityClaims {
  readonly issuer: string;
  readonly subject: string;
  /** Undefined for a token without an address. */
  readonly email: string | undefined;
  readonly expires: Date;
  readonly audience: readonly string[];
  /** What a certificate authority wants signed as proof: the address where there is one, the subject otherwise. */
  readonly challenge: string;
}

/**
 * Reads the claims of an identity token (RFC 7519) without believing them.
 *
 * @param token in the compact form; white space around it is not part of it
 * @param now what its end is compared with
 * @throws SlipwayError IDENTITY_TOKEN_INVALID, IDENTITY_TOKEN_EXPIRED; neither says anything of the token but its end
 */
export function readIdentityToken(token: string, now: Date): IdentityClaims {
  if (token.length > maxTokenBytes) throw invalid("is longer than 32 KiB");
  const claims = claimsSchema.safeParse(payloadOf(token.trim()));
  if (!claims.success) {
    const names = claims.error.issues.map(({ path }) => path[0]).filter((name) => typeof name === "string");
    throw invalid(`has no usable claim ${[...new Set(names)].join(", ")}`);
  }
  const { iss, sub, exp, aud = [], email, email_verified: verified } = claims.data;
  const expires = new Date(exp * 1000);
  if (Number.isNaN(expires.getTime())) throw invalid("has no usable claim exp");
  if (expires <= now) {
    throw keylessError("IDENTITY_TOKEN_EXPIRED", `the identity token ran out at ${expires.toISOString()}`);
  }
  // Fulcio takes no such token for an address, and cosign does not send one.
  if (email && verified !== true && verified !== "true") {
    throw invalid("has an e-mail address that its issuer has not verified");
  }
  return {
    issuer: iss,
    subject: sub,
    email: email || undefined,
    expires,
    audience: typeof aud === "string" ? [aud] : aud,
    challenge: email || sub,
  };
}

/**
 * All that a token says, unbelieved and unchecked but for its form.
 * @throws SlipwayError IDENTITY_TOKEN_INVALID
 */
export function payloadOf(token: string): unknown {
  const parts = token.split(".");
  const [header, payload] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) {
    throw invalid("is not a JSON Web Token: three parts in base64url, joined by dots");
  }
  const [head, claims] = [header, payload].map((part = "") => jsonIn(Buffer.from(part, "base64url")));
  if (!isObject(head) || !isObject(claims)) throw invalid("is not a JSON Web Token: its parts are not JSON objects");
  return claims;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string) {
  return keylessError("IDENTITY_TOKEN_INVALID", `the identity token ${what}`);
}
