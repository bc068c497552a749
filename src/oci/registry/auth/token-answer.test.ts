import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { parseTokenAnswer } from "./token-answer.ts";

const sentAt = Date.parse("2026-01-02T03:04:05Z");
const secret = "eyJhbGciOi.s3cret";

function read(answer: unknown) {
  const { expiresAt, ...rest } = parseTokenAnswer(Buffer.from(JSON.stringify(answer)), sentAt, "auth.example.com");
  return { seconds: (expiresAt - sentAt) / 1000, ...rest };
}

describe("a token server's answer", () => {
  it.each<[string, unknown, Partial<ReturnType<typeof read>>]>([
    ["token", { token: secret }, { token: secret, seconds: 60 }],
    ["access_token", { access_token: secret }, { token: secret, seconds: 60 }],
    ["both", { access_token: "other", token: secret }, { token: secret }],
    ["an empty token beside", { token: "", access_token: secret }, { token: secret }],
    ["null beside", { token: null, access_token: secret, expires_in: null }, { token: secret, seconds: 60 }],
    ["members that nobody knows", { token: secret, scope: ["a"], token_type: "bearer" }, { token: secret }],
    ["a life", { token: secret, expires_in: 300 }, { seconds: 300 }],
    ["a short life", { token: secret, expires_in: 5 }, { seconds: 5 }],
    ["a life of nothing", { token: secret, expires_in: 0 }, { seconds: 60 }],
    ["a negative life", { token: secret, expires_in: -5 }, { seconds: 60 }],
    ["a beginning", { token: secret, expires_in: 300, issued_at: "2026-01-02T03:04:05Z" }, { seconds: 300 }],
    ["an early beginning", { token: secret, expires_in: 300, issued_at: "2026-01-02T03:03:05Z" }, { seconds: 240 }],
    ["another zone", { token: secret, expires_in: 300, issued_at: "2026-01-02T04:03:05+01:00" }, { seconds: 240 }],
    ["nanoseconds", { token: secret, expires_in: 300, issued_at: "2026-01-02T03:03:05.000000001Z" }, { seconds: 240 }],
    ["a late beginning", { token: secret, expires_in: 300, issued_at: "2026-01-02T05:04:05Z" }, { seconds: 300 }],
    [
      "a beginning too long ago",
      { token: secret, expires_in: 300, issued_at: "2026-01-02T02:00:00Z" },
      { seconds: 300 },
    ],
    ["a beginning that is no date", { token: secret, expires_in: 300, issued_at: "now" }, { seconds: 300 }],
    ["a refresh token", { token: secret, refresh_token: "r" }, { refreshToken: "r" }],
    ["no refresh token", { token: secret, refresh_token: "" }, { refreshToken: undefined }],
  ])("may have %s", (_, answer, expected) => {
    expect(read(answer)).toMatchObject(expected);
  });

  it.each<[string, unknown]>([
    ["no token", { expires_in: 300, secret }],
    ["an empty token", { token: "" }],
    ["a token that is a number", { token: 5, access_token: secret }],
    ["a token that is an object", { token: { token: secret } }],
    ["a token with a line break", { token: `${secret}\r\nx-other: header` }],
    ["a token with a blank", { access_token: `${secret} ${secret}` }],
    ["a token in another script", { token: `${secret}é` }],
    ["a life that is text", { token: secret, expires_in: "300" }],
    ["a beginning that is a number", { token: secret, issued_at: 1767323045 }],
    ["a refresh token that is a list", { token: secret, refresh_token: [secret] }],
    ["a list", [{ token: secret }]],
    ["a text", secret],
    ["null", null],
  ])("may not have %s", async (_, answer) => {
    const error = await expectError("TOKEN_SERVER_FAILED", () => read(answer));
    expect(error.message).toContain("auth.example.com");
    expect(inspect(error)).not.toContain(secret);
  });

  it.each<[string, Buffer]>([
    ["empty", Buffer.alloc(0)],
    ["no JSON", Buffer.from(`token=${secret}`)],
    ["cut off", Buffer.from(`{"token":"${secret}`)],
    ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["larger than 256 KiB", Buffer.from(JSON.stringify({ token: secret }).padEnd(256 * 1024 + 1))],
  ])("may not be %s", async (_, body) => {
    const error = await expectError("TOKEN_SERVER_FAILED", () => parseTokenAnswer(body, sentAt, "auth.example.com"));
    expect(inspect(error)).not.toContain(secret);
  });

  it("may be as large as 256 KiB", () => {
    const body = Buffer.from(JSON.stringify({ token: secret }).padEnd(256 * 1024));
    expect(parseTokenAnswer(body, sentAt, "auth.example.com").token).toBe(secret);
  });
});
