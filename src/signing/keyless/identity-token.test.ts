import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectHidden } from "../../../test/support/keyless/quick-service.ts";
import { identityIssuer } from "../../../test/support/sigstore/identity-issuer.ts";
import { SlipwayError } from "../../errors/index.ts";
import { readIdentityToken } from "./identity-token.ts";

const issuer = identityIssuer();
const seconds = Math.floor(Date.now() / 1000);
const now = new Date(seconds * 1000);
const subject = "repo:org/model:ref:refs/heads/main";

describe("readIdentityToken", () => {
  it("says what a token says", () => {
    const token = issuer.token({ sub: subject, exp: seconds + 60 });
    expect(readIdentityToken(`${token}\n`, now)).toEqual({
      issuer: issuer.issuer,
      subject,
      email: undefined,
      expires: new Date((seconds + 60) * 1000),
      audience: ["sigstore"],
      challenge: subject,
    });
  });

  it.each([true, "true"])("has an address signed as proof that its issuer verified (%j)", (verified) => {
    const token = issuer.token({ sub: subject, email: "a@b.test", email_verified: verified, aud: ["x", "y"] });
    expect(readIdentityToken(token, now)).toMatchObject({
      email: "a@b.test",
      challenge: "a@b.test",
      audience: ["x", "y"],
    });
  });

  it.each([
    ["an address that nobody verified", { sub: subject, email: "a@b.test" }, /not verified/],
    ["an address that is not verified", { sub: subject, email: "a@b.test", email_verified: "false" }, /not verified/],
    ["no subject", {}, /sub/],
    ["a subject that is a number", { sub: 7 }, /sub/],
    ["no issuer", { sub: subject, iss: "" }, /iss/],
    ["an end that is a text", { sub: subject, exp: "soon" }, /exp/],
    ["an end after all time", { sub: subject, exp: 1e300 }, /exp/],
  ])("refuses a token with %s", async (_, claims, message) => {
    const token = issuer.token(claims);
    const error = await expectHidden("IDENTITY_TOKEN_INVALID", token, () => readIdentityToken(token, now));
    expect(error.message).toMatch(message);
  });

  it.each([-1, 0])("refuses a token that ran out %d s from now", async (from) => {
    const token = issuer.token({ sub: subject, exp: seconds + from });
    await expectHidden("IDENTITY_TOKEN_EXPIRED", token, () => readIdentityToken(token, now));
  });

  it("refuses a token that is longer than 32 KiB", async () => {
    const token = issuer.token({ sub: subject, more: "x".repeat(33_000) });
    const error = await expectHidden("IDENTITY_TOKEN_INVALID", token, () => readIdentityToken(token, now));
    expect(error.message).toMatch(/32 KiB/);
  });

  const whole = issuer.token({ sub: subject });
  const [header = "", payload = "", signature = ""] = whole.split(".");
  const list = Buffer.from('["a list, and no claims at all"]').toString("base64url");
  it.each([
    ["without a signature", `${header}.${payload}`],
    ["with a part too many", `${whole}.${signature}`],
    ["with an empty part", `${header}..${signature}.${payload}`.replace("..", ".")],
    ["in another alphabet", `${header}.${payload}+/=.${signature}`],
    ["that is cut", `${header}.${payload.slice(0, -9)}.${signature}`],
    ["whose claims are a list", `${header}.${list}.${signature}`],
    ["whose header is a list", `${list}.${payload}.${signature}`],
    ["with white space inside", `${header}. ${payload}.${signature}`],
  ])("refuses a text %s", async (_, token) => {
    await expectHidden("IDENTITY_TOKEN_INVALID", token, () => readIdentityToken(token, now));
  });

  it("refuses whatever else there is, in its own words", () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join(".")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          readIdentityToken(text, now);
        } catch (error) {
          return error instanceof SlipwayError && error.code === "IDENTITY_TOKEN_INVALID";
        }
        return false;
      }),
    );
  });
});
