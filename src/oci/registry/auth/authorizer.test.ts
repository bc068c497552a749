import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, thrownBy } from "../../../../test/support/refusal.ts";
import { Passing } from "../http/persist.ts";
import { plainHosts } from "../http/plain-http.ts";
import { Authorizer, type TokenTransport } from "./authorizer.ts";
import type { Credentials } from "./credentials.ts";
import type { Scope } from "./scope.ts";

// A registry and its token server as one real server; the client's clock is the test's.

const secret = "pa55word/+=";
const erin = { kind: "password", username: "erin", password: secret } as const;
const basic = `Basic ${Buffer.from(`erin:${secret}`).toString("base64")}`;
const pull: Scope = { repository: "team/model", actions: ["pull"] };
const push: Scope = { repository: "team/model", actions: ["pull", "push"] };

interface TokenCall {
  readonly method: string;
  readonly authorization: string | undefined;
  /** Of the URL, or of the form. */
  readonly parameters: URLSearchParams;
}

interface Answer {
  readonly status?: number;
  readonly retryAfter?: string | undefined;
  readonly location?: string;
  readonly body?: unknown;
}

let now = Date.parse("2026-01-02T03:04:05Z");
let stop: (() => Promise<void>)[] = [];
beforeEach(() => {
  now = Date.parse("2026-01-02T03:04:05Z");
});
afterEach(async () => {
  await Promise.all(stop.map((one) => one()));
  stop = [];
});

/** What the servers do; a test may change it at any time. */
interface Rules {
  /** Values of WWW-Authenticate; `{realm}` stands for the token server. */
  challenge: (sent: string | undefined) => readonly string[];
  /** Whether the registry lets a request pass. */
  accepts: (sent: string | undefined) => boolean;
  token: (call: TokenCall, count: number) => Answer | Promise<Answer>;
}

const usual: Rules = {
  challenge: () => ['Bearer realm="{realm}",service="registry.example.com"'],
  accepts: (sent) => sent?.startsWith("Bearer token-") ?? false,
  token: (_, count) => ({ body: { token: `token-${count}`, expires_in: 300 } }),
};

async function serve(changes: Partial<Rules> = {}) {
  const rules: Rules = { ...usual, ...changes };
  const tokenCalls: TokenCall[] = [];
  /** `Authorization` of each request that the registry got. */
  const requests: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname === "/token") {
      const call = await tokenCallOf(request, url);
      tokenCalls.push(call);
      const { status = 200, retryAfter, location, body } = await rules.token(call, tokenCalls.length);
      const headers = { "content-type": "application/json", ...(location !== undefined && { location }) };
      if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
      response.writeHead(status, headers).end(JSON.stringify(body));
      return;
    }
    const { authorization } = request.headers;
    requests.push(authorization);
    if (rules.accepts(authorization)) response.end();
    else {
      const realm = `http://${request.headers.host}/token`;
      const values = rules.challenge(authorization).map((value) => value.replace("{realm}", realm));
      response.writeHead(401, { "www-authenticate": values }).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  stop.push(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { rules, tokenCalls, requests, origin: new URL(`http://127.0.0.1:${address.port}`) };
}

async function tokenCallOf(request: IncomingMessage, url: URL): Promise<TokenCall> {
  const { method = "", headers } = request;
  const parameters = method === "POST" ? new URLSearchParams(await text(request)) : url.searchParams;
  return { method, authorization: headers.authorization, parameters };
}

const overHttp: TokenTransport = async ({ method, url, headers, body }, signal) => {
  const sent = { method, headers: { ...headers, connection: "close" }, signal, redirect: "manual" } as const;
  const answer = await fetch(url, { ...sent, body: body === undefined ? null : Buffer.from(body) });
  const retryAfter = answer.headers.get("retry-after") ?? undefined;
  return { status: answer.status, retryAfter, body: new Uint8Array(await answer.arrayBuffer()) };
};

function searchOf(credentials: Credentials | undefined) {
  return { credentials, origin: credentials && 'user "erin" in /erin/config.json', lookedAt: ["/erin/config.json"] };
}

function authorizerFor(
  registry: URL,
  credentials: Credentials | undefined | (() => Credentials | undefined),
  plainHttp: readonly string[] = [],
) {
  return new Authorizer({
    registry,
    plainHttp: plainHosts(plainHttp),
    credentials: async () => searchOf(typeof credentials === "function" ? credentials() : credentials),
    transport: overHttp,
    now: () => now,
    signal: new AbortController().signal,
  });
}

/** Sends a request as the registry client does; gives the last status, and how often it was sent. */
async function send(
  authorizer: Authorizer,
  origin: URL,
  scope: Scope,
): Promise<readonly [status: number, sent: number]> {
  for (let count = 1; count <= 20; count += 1) {
    const sent = await authorizer.header(scope);
    const headers = { connection: "close", ...(sent !== undefined && { authorization: sent }) };
    const answer = await fetch(new URL("/v2/", origin), { headers });
    await answer.arrayBuffer();
    if (answer.status !== 401) return [answer.status, count];
    const value = answer.headers.get("www-authenticate");
    if (!(await authorizer.challenged(value === null ? [] : [value], scope, sent))) return [401, count];
  }
  throw new Error("it goes on for ever");
}

async function scene(credentials: Parameters<typeof authorizerFor>[1], changes: Partial<Rules> = {}) {
  const served = await serve(changes);
  const authorizer = authorizerFor(served.origin, credentials);
  return { ...served, authorizer, send: (scope: Scope) => send(authorizer, served.origin, scope) };
}

/** The failure itself, of those that ask to be tried again. */
async function withoutPassing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Passing ? error.error : error;
  }
}

describe("a registry that asks for tokens", () => {
  it("is asked without a header first, and then with a token for the scope", async () => {
    const { authorizer, send, tokenCalls, requests } = await scene(erin);
    expect(await authorizer.header(push)).toBeUndefined();
    expect(await send({ ...push, from: "base" })).toEqual([200, 2]);
    expect(requests).toEqual([undefined, "Bearer token-1"]);
    expect(tokenCalls).toMatchObject([{ method: "GET", authorization: basic }]);
    expect([...(tokenCalls[0]?.parameters ?? [])]).toEqual([
      ["service", "registry.example.com"],
      ["scope", "repository:team/model:pull,push"],
      ["scope", "repository:base:pull"],
      ["client_id", "slipway"],
    ]);
  });

  it("is sent one token for each scope", async () => {
    const { send, tokenCalls } = await scene(erin);
    await send(pull);
    expect(await send(push)).toEqual([200, 1]);
    await send(pull);
    await send({ repository: "team/model", actions: ["push", "pull"] });
    await send({ ...push, from: "base" });
    await send({ ...pull, repository: "other" });
    expect(tokenCalls.map(({ parameters }) => parameters.getAll("scope"))).toEqual([
      ["repository:team/model:pull"],
      ["repository:team/model:pull,push"],
      ["repository:team/model:pull,push", "repository:base:pull"],
      ["repository:other:pull"],
    ]);
  });

  it("is sent one token by many requests at once", async () => {
    const { send, tokenCalls } = await scene(erin);
    const all = await Promise.all(Array.from({ length: 20 }, () => send(push)));
    expect(new Set(all.map(([status]) => status))).toEqual(new Set([200]));
    expect(tokenCalls).toHaveLength(1);
    now += 300_000;
    await Promise.all(Array.from({ length: 20 }, () => send(push)));
    expect(tokenCalls).toHaveLength(2);
  });

  it("is asked as nobody without credentials", async () => {
    const { send, tokenCalls } = await scene(undefined);
    expect(await send(pull)).toEqual([200, 2]);
    expect(tokenCalls[0]?.authorization).toBeUndefined();
  });

  it("gets a token that it gave itself without a detour", async () => {
    const { send, tokenCalls, requests } = await scene({ kind: "registry-token", token: "token-own" });
    expect(await send(pull)).toEqual([200, 2]);
    expect([requests[1], tokenCalls]).toEqual(["Bearer token-own", []]);
  });

  it("has identity tokens exchanged, and each new one used from then on", async () => {
    const { send, tokenCalls } = await scene(
      { kind: "identity-token", token: secret },
      { token: (_, count) => ({ body: { access_token: `token-${count}`, refresh_token: `identity-${count}` } }) },
    );
    await send(pull);
    await send(push);
    expect(
      tokenCalls.map(({ method, authorization, parameters }) => [
        method,
        authorization,
        parameters.get("refresh_token"),
      ]),
    ).toEqual([
      ["POST", undefined, secret],
      ["POST", undefined, "identity-1"],
    ]);
    expect(tokenCalls[1]?.parameters.get("scope")).toBe("repository:team/model:pull,push");
  });

  it("may offer Basic as well", async () => {
    const challenge = () => ['Basic realm="x", Bearer realm="{realm}"'];
    const { send, requests } = await scene(erin, { challenge });
    expect(await send(pull)).toEqual([200, 2]);
    expect(requests[1]).toBe("Bearer token-1");
  });

  it("may know the repository by another name than we do", async () => {
    const named = "repository:tenant/team/model:pull";
    const { send, tokenCalls } = await scene(erin, {
      challenge: () => [`Bearer realm="{realm}",scope="${named} repository:team/model:pull"`],
    });
    expect(await send(push)).toEqual([200, 2]);
    expect(tokenCalls[0]?.parameters.getAll("scope")).toEqual(["repository:team/model:pull,push", named]);
  });
});

describe("a token", () => {
  it.each([
    [300, 289_999, 290_001],
    [60, 53_999, 54_001],
    [5, 4_499, 4_501],
    [86_400, 86_389_999, 86_390_001],
  ])("with a life of %i s is used for %i ms, and renewed before its end", async (life, used, renewed) => {
    const token = (_: TokenCall, count: number) => ({ body: { token: `token-${count}`, expires_in: life } });
    const { authorizer, send } = await scene(erin, { token });
    await send(pull);
    now += used;
    expect(await authorizer.header(pull)).toBe("Bearer token-1");
    now += renewed - used;
    expect(await authorizer.header(pull)).toBe("Bearer token-2");
    expect(await authorizer.header(pull)).toBe("Bearer token-2");
  });

  it("lives 60 s when nothing else is said", async () => {
    const { authorizer, send } = await scene(erin, { token: (_, count) => ({ body: { token: `token-${count}` } }) });
    await send(pull);
    now += 53_999;
    expect(await authorizer.header(pull)).toBe("Bearer token-1");
    now += 2;
    expect(await authorizer.header(pull)).toBe("Bearer token-2");
  });

  it("lives from when it was asked for, and is sent once even if it was over on arrival", async () => {
    const token = (_: TokenCall, count: number) => {
      now += 30_000;
      return { body: { token: `token-${count}`, expires_in: 20 } };
    };
    const { authorizer, send, tokenCalls } = await scene(erin, { token });
    expect(await send(pull)).toEqual([200, 2]);
    expect(tokenCalls).toHaveLength(1);
    expect(await authorizer.header(pull)).toBe("Bearer token-2");
  });

  it("that is refused in the middle is replaced once, for all who sent it", async () => {
    const refused = new Set(["Bearer token-1"]);
    const { authorizer, rules, send, tokenCalls } = await scene(erin);
    await send(push);
    now += 120_000;
    rules.accepts = (sent) => sent !== undefined && !refused.has(sent);
    expect(await Promise.all([send(push), send(push), send(push)])).toEqual([
      [200, 2],
      [200, 2],
      [200, 2],
    ]);
    expect(tokenCalls).toHaveLength(2);
    // A request that was on its way all the time.
    expect(await authorizer.challenged(['Bearer realm="http://127.0.0.1/token"'], push, "Bearer token-1")).toBe(true);
    expect([await authorizer.header(push), tokenCalls.length]).toEqual(["Bearer token-2", 2]);
    refused.add("Bearer token-2");
    now += 120_000;
    expect(await send(push)).toEqual([401, 1]);
    expect(tokenCalls).toHaveLength(2);
  });

  it("that is refused in the middle is replaced even if the registry does not say what it wants", async () => {
    const challenge = () => ['Bearer realm="{realm}",error="insufficient_scope"'];
    const { rules, send, tokenCalls } = await scene(erin, { challenge });
    await send(push);
    now += 120_000;
    rules.accepts = (sent) => sent === "Bearer token-2";
    rules.challenge = () => [];
    expect(await send(push)).toEqual([200, 2]);
    expect(tokenCalls).toHaveLength(2);
  });

  it("that ran out on the way is replaced, and so is the next one", async () => {
    const { rules, send, requests } = await scene(erin);
    await send(push);
    for (const next of ["Bearer token-2", "Bearer token-3", "Bearer token-4"]) {
      now += 400_000;
      rules.accepts = (sent) => sent === next;
      expect(await send(push)).toEqual([200, 1]);
    }
    expect(requests.at(-1)).toBe("Bearer token-4");
  });

  it("that could not be had is asked for again by the next request", async () => {
    const { rules, send } = await scene(erin, { token: () => ({ status: 503 }) });
    expect(await thrownBy(() => send(pull))).toBeInstanceOf(Passing);
    rules.token = usual.token;
    expect(await send(pull)).toEqual([200, 1]);
  });
});

describe("a refusal", () => {
  const endless: Rules["token"] = (_, count) => ({ body: { token: `token-${count}`, expires_in: 300 } });

  it("of a token that was just issued is final", async () => {
    const { send, tokenCalls } = await scene(erin, { accepts: () => false });
    expect(await send(push)).toEqual([401, 2]);
    expect(await send(push)).toEqual([401, 1]);
    expect(tokenCalls).toHaveLength(1);
  });

  it("for want of scope is final, however old the token is", async () => {
    const { rules, send, tokenCalls } = await scene(erin);
    await send(push);
    now += 120_000;
    rules.accepts = () => false;
    rules.challenge = () => ['Bearer realm="{realm}",scope="repository:team/model:push",error="insufficient_scope"'];
    expect(await send(push)).toEqual([401, 1]);
    expect(tokenCalls).toHaveLength(1);
  });

  it("that names another scope is tried with it once", async () => {
    const { rules, send, tokenCalls } = await scene(erin);
    await send(push);
    rules.accepts = () => false;
    rules.challenge = () => [`Bearer realm="{realm}",scope="other:${tokenCalls.length}:x",error="insufficient_scope"`];
    expect(await send(push)).toEqual([401, 2]);
    expect(tokenCalls.map(({ parameters }) => parameters.getAll("scope"))).toEqual([
      ["repository:team/model:pull,push"],
      ["repository:team/model:pull,push", "other:1:x"],
    ]);
  });

  it("of everything ends, however slow the registry and however short the tokens", async () => {
    const { send, tokenCalls } = await scene(erin, {
      accepts: () => {
        now += 120_000;
        return false;
      },
      token: (_, count) => ({ body: { token: `token-${count}`, expires_in: 1 } }),
    });
    expect(await send(push)).toEqual([401, 3]);
    expect(tokenCalls).toHaveLength(2);
  });

  it("of everything ends for many at once", async () => {
    const { send } = await scene(erin, {
      accepts: () => {
        now += 15_000;
        return false;
      },
      token: endless,
    });
    const all = await Promise.all(Array.from({ length: 8 }, () => send(push)));
    expect(all.map(([status]) => status)).toEqual(Array(8).fill(401));
  });

  it("ends when the registry asks for one thing and then for the other", async () => {
    const { send, requests } = await scene(erin, {
      challenge: (sent) => (sent?.startsWith("Bearer") ? ['Basic realm="x"'] : ['Bearer realm="{realm}"']),
      accepts: () => false,
    });
    expect(await send(push)).toEqual([401, 3]);
    expect(requests).toEqual([undefined, "Bearer token-1", basic]);
  });

  it("by a server that gives the same token again is final", async () => {
    const { rules, send } = await scene(erin, { token: () => ({ body: { token: "token-same", expires_in: 3600 } }) });
    await send(push);
    now += 120_000;
    rules.accepts = () => false;
    expect(await send(push)).toEqual([401, 1]);
  });

  it("in schemes that nobody knows, or without any, is final", async () => {
    for (const challenge of [() => ["Negotiate"], () => []]) {
      const { send } = await scene(erin, { challenge });
      expect(await send(push)).toEqual([401, 1]);
    }
  });

  it("is told with whose credentials were used, or where none were found", async () => {
    const known = await scene(erin, { accepts: () => false });
    expect(known.authorizer.advice(push)).toBeUndefined();
    await known.send(push);
    const { host } = known.origin;
    expect(known.authorizer.advice(push)).toBe(
      `${host} was asked with the credentials of user "erin" in /erin/config.json: ask for the right to pull and push team/model, or log in again with \`docker login ${host}\`.`,
    );
    const unknown = await scene(undefined, { accepts: () => false });
    await unknown.send(push);
    const advice = unknown.authorizer.advice(push);
    expect(advice).toContain(`No credentials for ${unknown.origin.host} were found (looked at: /erin/config.json)`);
    expect(advice).toContain(`docker login ${unknown.origin.host}`);
  });
});

describe("a registry that asks for a password", () => {
  const challenge = () => ['Basic realm="x"'];
  const accepts = (sent: string | undefined) => sent === basic;

  it("gets it", async () => {
    const { send, requests } = await scene(erin, { challenge, accepts });
    expect(await send(push)).toEqual([200, 2]);
    now += 10 ** 9;
    expect(await send(push)).toEqual([200, 1]);
    expect(requests).toEqual([undefined, basic, basic]);
  });

  it("gets nothing where there is none", async () => {
    const { send } = await scene(undefined, { challenge, accepts });
    expect(await send(push)).toEqual([401, 1]);
    expect(await send(push)).toEqual([401, 1]);
  });

  it("gets a wrong one once", async () => {
    const { send } = await scene({ ...erin, password: "wrong" }, { challenge, accepts });
    expect(await send(push)).toEqual([401, 2]);
    now += 120_000;
    expect(await send(push)).toEqual([401, 1]);
  });

  it("gets a new one when the old one has run out", async () => {
    let password = "old";
    const { rules, send } = await scene(() => ({ ...erin, password }), { challenge, accepts: () => true });
    rules.accepts = (sent) => sent === `Basic ${Buffer.from(`erin:${password}`).toString("base64")}`;
    expect(await send(push)).toEqual([200, 2]);
    now += 12 * 3600 * 1000;
    password = "new";
    expect(await send(push)).toEqual([200, 2]);
  });

  it.each(["identity-token", "registry-token"] as const)("is given nothing else for one: %s", async (kind) => {
    const { send } = await scene({ kind, token: secret }, { challenge, accepts });
    const error = await expectError("REGISTRY_DENIED", () => send(push));
    expect(error.message).toContain("wants a user name and a password");
    expect(inspect(error)).not.toContain(secret);
  });
});

describe("credentials", () => {
  const asked = ['Bearer realm="https://auth.example.com/token"'];

  it.each<[string, Credentials, string[]]>([
    ["a password", erin, ['Basic realm="x"']],
    ["a password for a token", erin, asked],
    ["an identity token", { kind: "identity-token", token: secret }, asked],
    ["a registry token", { kind: "registry-token", token: secret }, asked],
  ])("are not sent over plain HTTP to another machine: %s", async (_, credentials, challenge) => {
    const authorizer = authorizerFor(new URL("http://registry.example.com:5000"), credentials);
    const error = await expectError("CREDENTIALS_UNPROTECTED", () => authorizer.challenged(challenge, push, undefined));
    expect(error.message).toContain("registry.example.com:5000");
    expect(inspect(error)).not.toContain(secret);
  });

  it("are sent over plain HTTP to hosts that the user named, and to no other", async () => {
    const registry = new URL("http://registry.example.com:5000");
    const basicOnly = ['Basic realm="x"'];
    const named = authorizerFor(registry, erin, ["registry.example.com:5000"]);
    expect(await named.challenged(basicOnly, push, undefined)).toBe(true);
    expect(await named.header(push)).toBe(basic);
    for (const other of ["registry.example.com", "registry.example.com:5001", "auth.example.com:5000"]) {
      const authorizer = authorizerFor(registry, erin, [other]);
      await expectError("CREDENTIALS_UNPROTECTED", () => authorizer.challenged(basicOnly, push, undefined));
    }
  });

  it.each(["http://auth.example.com/token", "file:///etc/passwd", "https://erin:x@auth.example.com/"])(
    "are not sent to the token server %s",
    async (realm) => {
      const authorizer = authorizerFor(new URL("https://registry.example.com"), erin);
      await expectError("TOKEN_REALM_REFUSED", () =>
        authorizer.challenged([`Bearer realm="${realm}"`], push, undefined),
      );
      expect(await authorizer.header(push)).toBeUndefined();
    },
  );

  it("that cannot be read stop the request, and are looked for again", async () => {
    let broken = true;
    const { send } = await scene(() => {
      if (broken) throw new Error("broken file");
      return erin;
    });
    expect(await thrownBy(() => send(push))).toEqual(new Error("broken file"));
    broken = false;
    expect(await send(push)).toEqual([200, 1]);
  });
});

describe("a token server that fails", () => {
  /** It shows what it was sent, in every form. */
  const echo = ({ authorization = "", parameters }: TokenCall) => ({
    errors: [authorization, Buffer.from(authorization.slice(6), "base64").toString(), `${parameters}`, secret],
  });

  it.each<[string, Credentials | undefined, (call: TokenCall) => Answer, string]>([
    ["with 401", erin, (call) => ({ status: 401, body: echo(call) }), "REGISTRY_DENIED"],
    ["with 403", erin, (call) => ({ status: 403, body: echo(call) }), "REGISTRY_DENIED"],
    ["with 404", erin, (call) => ({ status: 404, body: echo(call) }), "REGISTRY_DENIED"],
    [
      "with 400 for an identity token",
      { kind: "identity-token", token: secret },
      (call) => ({ status: 400, body: echo(call) }),
      "REGISTRY_DENIED",
    ],
    ["with 401 for nobody", undefined, () => ({ status: 401 }), "REGISTRY_DENIED"],
    ["with 429", erin, (call) => ({ status: 429, body: echo(call) }), "TOKEN_SERVER_FAILED"],
    ["with 500", erin, (call) => ({ status: 500, body: echo(call) }), "TOKEN_SERVER_FAILED"],
    ["with 307", erin, (call) => ({ status: 307, body: echo(call) }), "TOKEN_REALM_REFUSED"],
    ["without a token", erin, (call) => ({ body: echo(call) }), "TOKEN_SERVER_FAILED"],
    ["with a token of two lines", erin, () => ({ body: { token: `${secret}\n${secret}` } }), "TOKEN_SERVER_FAILED"],
  ])("%s is told without secrets", async (_, credentials, token, code) => {
    const { origin, send } = await scene(credentials, { token });
    const error = await expectError(code, () => withoutPassing(() => send(push)));
    expect(error.message).toContain(origin.host);
    const shown = `${inspect(error)} ${error.remedy}`;
    for (const form of [secret, basic.slice(6), encodeURIComponent(secret)]) expect(shown).not.toContain(form);
    expect(shown.includes("No credentials")).toBe(credentials === undefined);
  });

  it.each([
    [429, "7", 7000],
    [503, "120", 120_000],
    [503, undefined, undefined],
    [408, undefined, undefined],
  ])("with %i and Retry-After %s wants to be asked again", async (status, retryAfter, wait) => {
    const { send } = await scene(erin, { token: () => ({ status, retryAfter }) });
    expect(await thrownBy(() => send(push))).toMatchObject({ wait, error: { code: "TOKEN_SERVER_FAILED" } });
  });

  it("with a redirect is not followed", async () => {
    const elsewhere = await serve();
    const location = new URL("/token", elsewhere.origin).href;
    const { send } = await scene(erin, { token: () => ({ status: 307, location }) });
    await expectError("TOKEN_REALM_REFUSED", () => send(push));
    expect(elsewhere.tokenCalls).toEqual([]);
  });

  it("is not waited for when the step is interrupted", async () => {
    const { origin } = await serve({ token: () => new Promise(() => {}) });
    const controller = new AbortController();
    let requests = 0;
    const authorizer = new Authorizer({
      registry: origin,
      credentials: async () => searchOf(erin),
      transport: (request, signal) => {
        requests += 1;
        setTimeout(() => controller.abort(new Error("interrupted")), 20);
        return overHttp(request, signal);
      },
      now: () => now,
      signal: controller.signal,
    });
    expect(await thrownBy(() => send(authorizer, origin, push))).toEqual(new Error("interrupted"));
    expect(await thrownBy(() => authorizer.header(push))).toEqual(new Error("interrupted"));
    expect(requests).toBe(1);
  });
});
