import { describe, expect, it } from "vitest";
import { makeAuthority } from "../../../test/support/authority.ts";
import { expectHidden, quickService } from "../../../test/support/keyless/quick-service.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { fulcioHandler } from "../../../test/support/sigstore/fulcio-handler.ts";
import { identityIssuer } from "../../../test/support/sigstore/identity-issuer.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { type Breakage, errorReply, type Fault, type Handler, serve } from "../../../test/support/sigstore/serve.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { requestCertificate } from "./fulcio.ts";
import { openSigningService } from "./service.ts";

const issuer = identityIssuer();
const { fulcio: authority } = makeSigstore();
const token = issuer.token({ sub: "https://ci.test/build" });
const good = fulcioHandler(authority, issuer);
const post = {
  to: "fulcio",
  contentType: "application/json",
  accept: "application/json",
  body: Buffer.from("{}"),
} as const;
const hello: Handler = () => ({ status: 200, body: "hello" });

/** Asks for a certificate from a server with a fault. */
async function ask(fault: Fault, handler: Handler = good) {
  const server = await serve(handler, fault);
  const service = await quickService();
  const request = () => requestCertificate({ fulcio: server.url, token, service });
  return { server, request };
}

describe("openSigningService", () => {
  it.each([429, 500, 502, 503, 408])("asks again after %d", async (status) => {
    const { server, request } = await ask((_, reply, count) => (count < 3 ? errorReply(status, 8, "later") : reply()));
    await using _ = server;
    expect((await request()).certificate.length).toBeGreaterThan(100);
    expect(server.asked).toHaveLength(3);
  });

  it("waits as long as it is asked to", async () => {
    const { server, request } = await ask((_, reply, count) =>
      count === 1 ? { ...errorReply(429, 8, "later"), headers: { "retry-after": "1" } } : reply(),
    );
    await using _ = server;
    const started = performance.now();
    await request();
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it.each<[string, Fault, RegExp]>([
    ["says later each time", () => errorReply(503, 14, token), /answered with 503/],
    ["stops in the middle", (_, reply) => ({ kind: "cut", reply: reply(), after: 100 }), /connection to .* failed/],
    ["stops before the body", (_, reply) => ({ kind: "cut", reply: reply(), after: 0 }), /connection to .* failed/],
  ])("gives up on a service that %s, after three attempts", async (_, fault, message) => {
    const { server, request } = await ask(fault);
    await using __ = server;
    const error = await expectHidden("FULCIO_UNREACHABLE", token, request);
    expect(error.message).toMatch(message);
    expect(error.family).toBe("temporary");
    expect(server.asked).toHaveLength(3);
  });

  it.each<[string, Breakage]>([
    ["never answers", { kind: "hang" }],
    ["never ends its answer", { kind: "stall", reply: { status: 200, body: token }, after: 9 }],
  ])("gives up on a service that %s", async (_, breakage) => {
    await using server = await serve(hello, () => breakage);
    const service = await quickService(undefined, 200);
    const error = await expectHidden("FULCIO_UNREACHABLE", token, () =>
      service.post(server.url, { ...post, bearer: token }, 9000),
    );
    expect(error.message).toMatch(/no whole answer in 0.2 s/);
    expect(server.asked).toHaveLength(3);
  });

  it.each(["fulcio", "rekor", "timestamps"] as const)("names %s when nobody listens there", async (to) => {
    const server = await serve(hello);
    await server[Symbol.asyncDispose]();
    const service = await quickService();
    const code = { fulcio: "FULCIO", rekor: "REKOR", timestamps: "TIMESTAMP" }[to];
    const error = await expectError(`${code}_UNREACHABLE`, () => service.get(server.url, { to, accept: "*/*" }, 9));
    expect(error.message).toMatch(/nobody listens/);
  });

  it.each([301, 302, 303, 307, 308])("goes nowhere that a service leads to (%d)", async (status) => {
    await using other = await serve(good);
    const { server, request } = await ask(() => ({
      status,
      headers: { location: new URL(`/${token}?token=${token}`, other.url).href },
    }));
    await using _ = server;
    const error = await expectHidden("SERVICE_REDIRECTS", token, request);
    expect(error.message).toContain(`leads to ${other.url.host}`);
    expect([server.asked.length, other.asked.length]).toEqual([1, 0]);
  });

  it("stays away from a host without encryption, until somebody names it for that", async () => {
    await using server = await serve(hello);
    // Every address of this machine, and so none that is known for it.
    const url = new URL(`http://0.0.0.0:${server.url.port}/`);
    const strange = await quickService();
    await expectHidden("SERVICE_INSECURE", token, () => strange.post(url, { ...post, bearer: token }, 9));
    expect(server.asked).toEqual([]);
    const { signal } = new AbortController();
    const named = await openSigningService({ signal, reach: { plainHttp: [url.host] } });
    expect((await named.post(url, { ...post, bearer: token }, 9)).status).toBe(200);
  });

  it.each([
    "ftp://signing.test/",
    "https://user@signing.test/",
    "https://:secret@signing.test/",
    "https://signing.test/?a=b",
    "https://signing.test/#a",
    "file:///etc/passwd",
  ])("asks nobody at %s", async (text) => {
    const service = await quickService();
    const error = await expectError("SERVICE_URL_INVALID", () => service.post(new URL(text), post, 9));
    expect(error.message).not.toContain("secret");
  });

  it("speaks TLS with whom the file of authorities knows, and with nobody else", async () => {
    await using directory = await temporaryDirectory();
    const trusted = makeAuthority(directory.at("authority"));
    const { cert, key } = await trusted.issue("127.0.0.1");
    await using server = await serve(hello, undefined, { cert, key });
    const { signal } = new AbortController();
    const strange = await quickService();
    await expectError("CERTIFICATE_UNTRUSTED", () => strange.post(server.url, post, 9));
    const service = await openSigningService({ signal, reach: { caFile: trusted.file } });
    const answer = await service.post(server.url, post, 9);
    expect([answer.status, answer.body.toString()]).toEqual([200, "hello"]);
    await expectError("CA_FILE_UNUSABLE", () =>
      openSigningService({ signal, reach: { caFile: directory.at("none") } }),
    );
  });

  it("says so when a host does not speak TLS", async () => {
    await using server = await serve(hello);
    const service = await quickService();
    const url = new URL(server.url.href.replace("http:", "https:"));
    await expectError("SERVICE_INSECURE", () => service.post(url, post, 9));
  });

  it("takes an answer of just the size that it may have", async () => {
    await using server = await serve(hello);
    const service = await quickService();
    expect((await service.post(server.url, post, 5)).body.toString()).toBe("hello");
    await expectError("SERVICE_CONFUSED", () => service.post(server.url, post, 4));
  });

  it("ends when it is told to, whatever it waits for", async () => {
    await using server = await serve(hello, () => ({ kind: "hang" }));
    const abort = new AbortController();
    const service = await quickService(abort.signal);
    const asked = service.post(server.url, post, 9);
    setTimeout(() => abort.abort(new Error("stopped")), 20);
    await expect(asked).rejects.toThrow("stopped");
    expect(server.asked).toHaveLength(1);
  });
});
