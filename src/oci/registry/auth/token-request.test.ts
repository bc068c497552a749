import { expect, it } from "vitest";
import { tokenRequest } from "./token-request.ts";

const realm = new URL("https://auth.example.com/token");
const scopes = ["repository:team/model:pull,push", "repository:base:pull"];
const secret = "pa55word+/=&";

it("asks as nobody", () => {
  const { method, url, headers, body } = tokenRequest({ realm, service: "registry.example.com" }, undefined, scopes);
  expect([method, headers, body]).toEqual(["GET", { accept: "application/json" }, undefined]);
  expect([...url.searchParams]).toEqual([
    ["service", "registry.example.com"],
    ["scope", "repository:team/model:pull,push"],
    ["scope", "repository:base:pull"],
    ["client_id", "slipway"],
  ]);
  expect(`${url.origin}${url.pathname}`).toBe(realm.href);
});

it("asks with a user name and a password in the header, and nowhere else", () => {
  const credentials = { kind: "password", username: "érin", password: secret } as const;
  const { method, url, headers, body } = tokenRequest({ realm, service: undefined }, credentials, []);
  expect([method, url.href, body]).toEqual(["GET", "https://auth.example.com/token?client_id=slipway", undefined]);
  expect(headers["authorization"]).toBe(`Basic ${Buffer.from(`érin:${secret}`).toString("base64")}`);
});

it("keeps the realm's own parameters, and lets none of them speak for us", () => {
  const given = new URL("https://auth.example.com/token?tenant=a&service=other&client_id=other#x");
  const { url } = tokenRequest({ realm: given, service: "S&x=y" }, undefined, ["a:b&c:d"]);
  expect(url.search).toBe("?tenant=a&service=S%26x%3Dy&client_id=slipway&scope=a%3Ab%26c%3Ad");
  expect(given.searchParams.get("service")).toBe("other");
});

it("exchanges an identity token in a form", () => {
  const credentials = { kind: "identity-token", token: secret } as const;
  const { method, url, headers, body } = tokenRequest({ realm, service: "registry.example.com" }, credentials, scopes);
  expect([method, url.href]).toEqual(["POST", realm.href]);
  expect(headers).toEqual({ accept: "application/json", "content-type": "application/x-www-form-urlencoded" });
  expect(Object.fromEntries(new URLSearchParams(Buffer.from(body ?? []).toString()))).toEqual({
    grant_type: "refresh_token",
    client_id: "slipway",
    refresh_token: secret,
    service: "registry.example.com",
    scope: scopes.join(" "),
  });
});

it("exchanges an identity token without service and scopes", () => {
  const { body } = tokenRequest({ realm, service: undefined }, { kind: "identity-token", token: "t" }, []);
  expect(Buffer.from(body ?? []).toString()).toBe("grant_type=refresh_token&client_id=slipway&refresh_token=t");
});
