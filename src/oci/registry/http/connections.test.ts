import { readFile, writeFile } from "node:fs/promises";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, makeAuthority } from "../../../../test/support/authority.ts";
import { type ConnectProxy, connectProxy } from "../../../../test/support/connect-proxy.ts";
import { expectError } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { connect, sharedConnections } from "./connections.ts";
import { exchangeThrough } from "./exchange.ts";

// Real TLS on loopback, signed by an authority that nobody else knows.

const { signal } = new AbortController();
let root: Temporary;
let authority: Authority;
let server: Server;
let port: number;
let closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  root = await temporaryDirectory();
  authority = makeAuthority(root.at("authority"));
  const { cert, key } = await authority.issue("localhost", "registry.test");
  server = createServer({ cert, key }, (request, response) => response.end(`${request.headers.host}`));
  port = await listen(server);
});
afterAll(async () => {
  server.close();
  await root[Symbol.asyncDispose]();
});
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

async function listen(listener: Server): Promise<number> {
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

async function ask(url: string, authorities: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const connections = connect(env, authorities);
  closing.push(() => connections.dispatcher().then((dispatcher) => dispatcher.destroy()));
  const answer = await exchangeThrough(connections)({ method: "GET", url: new URL(url) }, signal);
  return `${answer.status} ${Buffer.from(await answer.bytes(1000))}`;
}

/** The same for files, which threads move over connections of their own. */
async function receive(url: string, authorities: readonly string[], size: number): Promise<string> {
  const connections = connect({}, authorities);
  closing.push(() => connections.dispatcher().then((dispatcher) => dispatcher.destroy()));
  const path = root.at("received");
  await writeFile(path, "");
  const into = { target: { path, from: 0, until: size, size, hashed: true, exactly: false }, onBytes: () => {} };
  const answer = await exchangeThrough(connections)({ method: "GET", url: new URL(url), into }, signal);
  expect(answer.received?.bytes).toBe(size);
  return readFile(path, "utf8");
}

describe("a registry with a certificate of a private authority", () => {
  it("is trusted by threads, too", async () => {
    const url = `https://localhost:${port}/v2/`;
    const text = `localhost:${port}`;
    expect(await receive(url, [await readFile(authority.file, "utf8")], text.length)).toBe(text);
    await expectError("CERTIFICATE_UNTRUSTED", () => receive(url, [], text.length));
  });

  it("is trusted with that authority, and not without it", async () => {
    const url = `https://localhost:${port}/v2/`;
    expect(await ask(url, [await readFile(authority.file, "utf8")])).toBe(`200 localhost:${port}`);
    const error = await expectError("CERTIFICATE_UNTRUSTED", () => ask(url, []));
    expect(error.remedy).toContain("ca-file");
    const stranger = makeAuthority(root.at("stranger"));
    const authorities = [await readFile(stranger.file, "utf8")];
    await expectError("CERTIFICATE_UNTRUSTED", () => ask(url, authorities));
  });

  it("is not trusted under another name", async () => {
    const authorities = [await readFile(authority.file, "utf8")];
    await expectError("CERTIFICATE_UNTRUSTED", () => ask(`https://127.0.0.1:${port}/v2/`, authorities));
  });

  it("that speaks no TLS at all is told from one that is not trusted", async () => {
    const plain = createPlainServer((_, response) => response.end());
    const at = await listen(plain);
    closing.push(async () => plain.close());
    const error = await expectError("REGISTRY_INSECURE", () => ask(`https://127.0.0.1:${at}/`, []));
    expect(error.message).toContain("does not speak TLS");
    expect(error.remedy).toContain(`add 127.0.0.1:${at} to plain-http`);
  });

  it("is trusted by those that share connections only if they name the same authorities", async () => {
    const url = new URL(`https://localhost:${port}/v2/`);
    const trusting = await sharedConnections({}, authority.file);
    expect((await trusting.exchange({ method: "GET", url }, signal)).status).toBe(200);
    expect(await sharedConnections({}, authority.file)).toBe(trusting);
    const usual = await sharedConnections({}, undefined);
    await expectError("CERTIFICATE_UNTRUSTED", () => usual.exchange({ method: "GET", url }, signal));
    await expectError("CA_FILE_UNUSABLE", () => sharedConnections({}, root.at("nothing.pem")));
  });
});

describe("a proxy", () => {
  let proxy: ConnectProxy;
  beforeAll(async () => {
    proxy = await connectProxy({ "registry.test:443": port });
  });
  afterAll(() => proxy[Symbol.asyncDispose]());
  afterEach(() => {
    proxy.asked.length = 0;
  });

  it("carries connections that are encrypted to their end", async () => {
    const authorities = [await readFile(authority.file, "utf8")];
    const env = { HTTPS_PROXY: proxy.url };
    expect(await ask("https://registry.test/v2/", authorities, env)).toBe("200 registry.test");
    await expectError("CERTIFICATE_UNTRUSTED", () => ask("https://registry.test/v2/", [], env));
    expect(proxy.asked).toEqual(["registry.test:443", "registry.test:443"]);
  });

  it("is not asked for hosts in NO_PROXY", async () => {
    const env = { https_proxy: proxy.url, NO_PROXY: "other.test,registry.test" };
    await expectError("REGISTRY_UNREACHABLE", () => ask("https://registry.test/v2/", [], env));
    expect(proxy.asked).toEqual([]);
  });

  it("is never asked for this machine, where credentials may go over plain HTTP", async () => {
    const plain = createPlainServer((_, response) => response.end("here"));
    const at = await listen(plain);
    closing.push(async () => plain.close());
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    for (const host of ["localhost", "127.0.0.1"]) expect(await ask(`http://${host}:${at}/`, [], env)).toBe("200 here");
    await expectError("REGISTRY_UNREACHABLE", () => ask(`http://127.8.9.10:${at}/`, [], env));
    expect(proxy.asked).toEqual([]);
  });

  it("that refuses is told of", async () => {
    const env = { HTTPS_PROXY: proxy.url };
    const { message } = await expectError("PROXY_REFUSED", () => ask("https://forbidden.test/", [], env));
    expect(message).toBe("the proxy refused to connect to forbidden.test: 403");
  });
});
