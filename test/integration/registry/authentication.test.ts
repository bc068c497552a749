import { afterEach, describe, expect, it } from "vitest";
import type { Authentication } from "../../registry/authentication.ts";
import { TestRegistry } from "../../registry/index.ts";
import { ask, beginUpload, committing, sha256 } from "./plain-client.ts";

/*
 * Credentials as the distribution project's token specification wants them, and RFC 7617.
 */

const users = {
  writer: { password: "w", may: ["pull", "push"], refreshToken: "refresh" },
  reader: { password: "r", may: ["pull"], repositories: /^a\// },
} as const;
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});
let registry: TestRegistry;

afterEach(() => registry[Symbol.asyncDispose]());

async function started(authentication: Authentication) {
  registry = await TestRegistry.start({ authentication });
  await registry.addBlob("a/b", Buffer.from("{}"));
}

const blob = `/v2/a/b/blobs/${sha256("{}")}`;

describe("Basic", () => {
  it.each<[string, string, string, Readonly<Record<string, string>>, number]>([
    ["nobody", "GET", "/v2/", {}, 401],
    ["a wrong password", "GET", "/v2/", basic("reader", "x"), 401],
    ["a reader", "GET", blob, basic("reader", "r"), 200],
    ["a reader elsewhere", "GET", blob.replace("a/b", "b/a"), basic("reader", "r"), 403],
    ["a reader who writes", "POST", "/v2/a/b/blobs/uploads/", basic("reader", "r"), 403],
    ["a writer", "POST", "/v2/a/b/blobs/uploads/", basic("writer", "w"), 202],
    ["a writer who deletes", "DELETE", blob, basic("writer", "w"), 403],
  ])("%s: %s %s", async (_, method, path, headers, status) => {
    await started({ kind: "basic", users });
    const answer = await ask(registry, method, path, { headers });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers["www-authenticate"]).toBe('Basic realm="test registry"');
  });
});

describe("Bearer", () => {
  const scope = (actions: string) => `service=test-registry&scope=repository:a/b:${actions}`;

  async function tokenFor(actions: string, headers: Readonly<Record<string, string>>) {
    const { body } = await ask(registry, "GET", `/auth/token?${scope(actions)}`, { headers });
    return { authorization: `Bearer ${JSON.parse(body.toString()).token}` };
  }

  it("challenges with realm, service and scope, and lets a token in", async () => {
    await started({ kind: "bearer", users, expiresIn: 300 });
    const refused = await ask(registry, "GET", blob);
    expect(refused.headers["www-authenticate"]).toBe(
      `Bearer realm="${registry.origin}/auth/token",service="test-registry",scope="repository:a/b:pull"`,
    );
    const headers = await tokenFor("pull", basic("reader", "r"));
    expect((await ask(registry, "GET", blob, { headers })).status).toBe(200);
    const push = await ask(registry, "POST", "/v2/a/b/blobs/uploads/", { headers });
    expect(push.headers["www-authenticate"]).toContain('error="insufficient_scope"');
    registry.expireTokens();
    const late = await ask(registry, "GET", blob, { headers });
    expect(late.headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it.each<[string, string, number]>([
    ["refresh_token", "refresh_token=refresh", 200],
    ["refresh_token", "refresh_token=other", 401],
    ["password", "username=writer&password=w", 200],
    ["password", "username=writer&password=x", 401],
    ["other", "", 400],
  ])("gives a token for a form: %s %s", async (grant, form, status) => {
    await started({ kind: "bearer", users, answers: "access_token" });
    const body = `grant_type=${grant}&client_id=test&${scope("pull,push")}&${form}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await ask(registry, "POST", "/auth/token", { headers, body });
    expect(answer.status).toBe(status);
    if (status === 200) expect(Object.keys(JSON.parse(answer.body.toString()))).toEqual(["access_token", "issued_at"]);
  });

  it("gives less than was asked for", async () => {
    await started({ kind: "bearer", users, narrowedTo: ["pull"] });
    const headers = await tokenFor("pull,push", basic("writer", "w"));
    expect((await ask(registry, "POST", "/v2/a/b/blobs/uploads/", { headers })).status).toBe(401);
  });

  it("lets in without credentials where everybody may, with a token from the other origin", async () => {
    await started({ kind: "bearer", users: {}, anonymous: ["pull"], realm: "elsewhere" });
    const { headers } = await ask(registry, "GET", blob);
    expect(headers["www-authenticate"]).toContain(registry.elsewhere);
    expect((await ask(registry, "GET", blob, { headers: await tokenFor("pull", {}) })).status).toBe(200);
  });

  it("does not commit what was sent with a token that died meanwhile", async () => {
    await started({ kind: "bearer", users, checkedAtCommit: true });
    registry.inject({ match: { method: "PUT" }, fault: { delayMs: 30 } });
    const headers = await tokenFor("pull,push", basic("writer", "w"));
    const begun = await ask(registry, "POST", "/v2/a/b/blobs/uploads/", { headers });
    const put = ask(registry, "PUT", committing(String(begun.headers.location), sha256("x")), { headers, body: "x" });
    registry.expireTokens();
    expect((await put).status).toBe(401);
  });
});

it("speaks TLS with a certificate of its own", async () => {
  registry = await TestRegistry.start({ tls: true });
  expect(registry.origin).toMatch(/^https:/);
  expect(registry.certificate).toContain("BEGIN CERTIFICATE");
  await expect(beginUpload(registry, "a/b")).rejects.toThrow();
});
