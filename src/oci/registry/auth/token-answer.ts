import { authError } from "./errors.ts";
import { type JsonObject, member, parseObject } from "./json-object.ts";

/** An access token, as a token server gave it. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since 1970, by our clock. */
  readonly expiresAt: number;
  /** Takes the place of the identity token that was exchanged (RFC 6749, 6). */
  readonly refreshToken: string | undefined;
}

/** Tokens with the rights of many repositories have some ten thousand bytes. */
const maxBodyBytes = 256 * 1024;
/** Life of a token that does not say (distribution, "Token Authentication Specification", `expires_in`). */
const defaultSeconds = 60;

/**
 * Reads a token server's successful answer.
 *
 * @param sentAt when the request was sent, in milliseconds since 1970
 * @param server the token server's name, for messages
 * @throws SlipwayError TOKEN_SERVER_FAILED, which never quotes the answer
 */
export function parseTokenAnswer(body: Uint8Array, sentAt: number, server: string): IssuedToken {
  if (body.length > maxBodyBytes) throw unusable(server, `${body.length} bytes, where a token has some thousand`);
  const answer = parseObject(body);
  if (answer === undefined) throw unusable(server, "what is not a JSON object");
  const token = sendable(answer, "token", server) ?? sendable(answer, "access_token", server);
  if (token === undefined) throw unusable(server, "no token");
  const refreshToken = text(answer, "refresh_token", server);
  return { token, expiresAt: expiry(answer, sentAt, server), refreshToken };
}

/**
 * A life starts when the server says, or when we asked, whichever is earlier: late answers, and tokens that the server
 * had in store, are not believed to live longer than they do. A start so long ago that the token would be over already
 * means that the clocks disagree, and says nothing.
 */
function expiry(answer: JsonObject, sentAt: number, server: string): number {
  const given = member(answer, "expires_in") ?? 0;
  if (typeof given !== "number") throw unusable(server, "an `expires_in` that is not a number");
  const life = (given > 0 ? given : defaultSeconds) * 1000;
  const issuedAt = Date.parse(text(answer, "issued_at", server) ?? "");
  return (issuedAt < sentAt && issuedAt + life > sentAt ? issuedAt : sentAt) + life;
}

function sendable(answer: JsonObject, key: string, server: string): string | undefined {
  const value = text(answer, key, server);
  if (value !== undefined && !/^[\x21-\x7e]+$/.test(value)) throw unusable(server, "a token that no header can hold");
  return value;
}

function text(answer: JsonObject, key: string, server: string): string | undefined {
  const value = member(answer, key);
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw unusable(server, `a \`${key}\` that is not text`);
  return value;
}

function unusable(server: string, what: string): Error {
  return authError("TOKEN_SERVER_FAILED", `the token server ${server} answered with ${what}`);
}
