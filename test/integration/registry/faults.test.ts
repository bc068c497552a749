import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault, Match } from "../../registry/faults.ts";
import { TestRegistry } from "../../registry/index.ts";
import { manifestType, manifestWith, referrerOf } from "./manifests.ts";
import { ask, beginUpload, committing, sha256 } from "./plain-client.ts";

/*
 * Every fault that a rule can name happens: once, where it was meant, and never again.
 */

const content = Buffer.from("0123456789");
const digest = sha256(content);
const blob = `/v2/a/b/blobs/${digest}`;
let registry: TestRegistry;

beforeEach(async () => {
  registry = await TestRegistry.start();
  for (const bytes of [content, Buffer.from("{}")]) await registry.addBlob("a/b", bytes);
});
afterEach(() => registry[Symbol.asyncDispose]());

function inject(fault: Fault, match: Match = {}) {
  return registry.inject({ match, fault });
}

describe("a request", () => {
  it.each([0, 1, 4, 9])("is cut after %i bytes, which are kept", async (cutRequestAfter) => {
    const location = await beginUpload(registry, "a/b");
    const rule = inject({ cutRequestAfter }, { method: "PATCH" });
    await expect(ask(registry, "PATCH", location, { body: content })).rejects.toThrow();
    expect(rule.fired).toBe(1);
    expect(registry.requests.at(-1)).toMatchObject({ outcome: "cut", status: undefined });
    const { headers } = await ask(registry, "GET", location);
    expect(headers["range"]).toBe(`0-${Math.max(0, cutRequestAfter - 1)}`);
  });

  it("is answered with 401, 429 or 5xx in the middle, and its rest is read", async () => {
    for (const status of [401, 429, 500, 503]) {
      inject({ answer: { status, headers: { "retry-after": "1" }, afterBytes: 5 } }, { method: "PATCH" });
      const location = await beginUpload(registry, "a/b");
      const answer = await ask(registry, "PATCH", location, { body: content });
      expect([answer.status, answer.headers["retry-after"]]).toEqual([status, "1"]);
      expect(registry.requests.at(-1)?.bytesReceived).toBe(10);
    }
  });

  it("is answered and not heard to its end", async () => {
    inject({ answer: { status: 413, close: true } }, { method: "PUT" });
    const answer = await ask(registry, "PUT", committing(await beginUpload(registry, "a/b"), digest), {
      body: content,
    });
    expect([answer.status, answer.headers.connection]).toEqual([413, "close"]);
  });

  it.each([301, 302, 307, 308] as const)("is redirected to another origin with %i", async (redirect) => {
    inject({ redirect }, { path: /blobs/ });
    const answer = await ask(registry, "GET", blob);
    const location = String(answer.headers.location);
    expect([answer.status, new URL(location).host]).toEqual([redirect, registry.elsewhere]);
    expect((await ask(registry, "GET", location)).body).toEqual(content);
    const tempted = await ask(registry, "GET", location, { headers: { authorization: "Bearer secret" } });
    expect(tempted.status).toBe(400);
    expect((await ask(registry, "GET", location.replace(/\?.*/, ""))).status).toBe(403);
  });

  it("stalls", async () => {
    inject({ stallRequest: { at: 5, ms: 30 } }, { method: "POST" });
    const started = performance.now();
    await ask(registry, "POST", `/v2/a/b/blobs/uploads/?digest=${digest}`, { body: content });
    expect(performance.now() - started).toBeGreaterThan(25);
  });

  it("is meant by method, path and number", async () => {
    const rule = inject({ answer: { status: 418 } }, { method: ["GET", "HEAD"], path: /blobs/, nth: 2, times: 2 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await ask(registry, "GET", blob)).status);
    expect([statuses, rule.fired]).toEqual([[200, 418, 418, 200], 2]);
    inject({ answer: { status: 500 } }, { times: Number.POSITIVE_INFINITY }).remove();
    expect((await ask(registry, "GET", "/v2/")).status).toBe(200);
  });
});

describe("an answer", () => {
  it.each([0, 1, 9])("is cut after %i bytes", async (cutResponseAfter) => {
    inject({ cutResponseAfter });
    const answer = await ask(registry, "GET", blob);
    expect([answer.cut, answer.body.length, answer.headers["content-length"]]).toEqual([true, cutResponseAfter, "10"]);
  });

  it("is dropped after everything was done", async () => {
    inject({ dropAnswer: true }, { method: "PUT" });
    const other = Buffer.from("other");
    const to = committing(await beginUpload(registry, "a/b"), sha256(other));
    await expect(ask(registry, "PUT", to, { body: other })).rejects.toThrow();
    expect(await registry.blob("a/b", sha256(other))).toEqual(other);
  });

  it.each<[string, Fault, string]>([
    ["truncated", { body: { truncateTo: 4 } }, "0123"],
    ["padded", { body: { padTo: 12, with: 0x20 } }, "0123456789  "],
    ["altered by a bit", { body: { flipByteAt: 3 } }, "0122456789"],
  ])("is %s, of a length that fits", async (_, fault, text) => {
    inject(fault);
    const answer = await ask(registry, "GET", blob);
    expect([answer.cut, answer.body.toString(), answer.headers["content-length"]]).toEqual([
      false,
      text,
      String(text.length),
    ]);
  });

  it("lies in its headers: digest, size, status", async () => {
    const headers = { "docker-content-digest": sha256("lie"), "content-length": "99" };
    inject({ rewrite: { status: 203, headers } });
    const answer = await ask(registry, "HEAD", blob);
    expect(answer).toMatchObject({ status: 203, headers });
    inject({ rewrite: { headers: { "content-length": "99" } } });
    expect((await ask(registry, "GET", blob)).cut).toBe(true);
  });

  it("has no length, ignores the range, or stalls", async () => {
    inject({ withoutLength: true });
    expect((await ask(registry, "GET", blob)).headers["transfer-encoding"]).toBe("chunked");
    inject({ ignoreRange: true });
    expect((await ask(registry, "GET", blob, { headers: { range: "bytes=2-3" } })).status).toBe(200);
    inject({ stallResponse: { at: 5, ms: 30 } });
    const started = performance.now();
    expect((await ask(registry, "GET", blob)).body).toEqual(content);
    expect(performance.now() - started).toBeGreaterThan(25);
  });

  it("is a manifest of 100 MB", async () => {
    registry.addManifest("a/b", manifestType, manifestWith(), "v1");
    inject({ body: { padTo: 100_000_000, with: 0x20 } });
    const { body } = await ask(registry, "GET", "/v2/a/b/manifests/v1");
    expect([body.length, body.at(-1)]).toEqual([100_000_000, 0x20]);
  });

  it("lies about what refers to a subject, and loses the API", async () => {
    const subject = manifestWith();
    registry.addManifest("a/b", manifestType, referrerOf(subject, "application/vnd.example"));
    const path = `/v2/a/b/referrers/${sha256(subject)}`;
    const lie = { digest: sha256("lie"), size: 1, artifactType: "application/vnd.lie" };
    inject({ descriptors: lie });
    expect(JSON.parse((await ask(registry, "GET", path)).body.toString()).manifests).toMatchObject([lie]);
    inject({ loseReferrers: true });
    for (const _ of [1, 2]) expect((await ask(registry, "GET", path)).status).toBe(404);
  });

  it("leads to pages without end: the same, or ever new ones", async () => {
    registry.addManifest("a/b", manifestType, manifestWith(), "v1");
    const path = "/v2/a/b/tags/list";
    inject({ repeatLink: "same" });
    expect((await ask(registry, "GET", path)).headers["link"]).toBe(`<${path}>; rel="next"`);
    inject({ repeatLink: "new" }, { times: 2 });
    expect((await ask(registry, "GET", path)).headers["link"]).toBe(`<${path}?further=1>; rel="next"`);
    expect((await ask(registry, "GET", `${path}?further=1`)).headers["link"]).toBe(`<${path}?further=2>; rel="next"`);
  });
});

describe("what is done", () => {
  const chunk = (location: string, from: number, text: string) =>
    ask(registry, "PATCH", location, {
      headers: { "content-range": `${from}-${from + text.length - 1}` },
      body: text,
    });

  it("keeps the last chunk only, and says that all is well", async () => {
    registry.inject({ match: { method: "PATCH", nth: 2 }, fault: { keepLastChunkOnly: true } });
    const whole = sha256("first second");
    const location = await beginUpload(registry, "a/b");
    await chunk(location, 0, "first ");
    expect((await chunk(location, 6, "second")).headers["range"]).toBe("0-11");
    expect((await ask(registry, "PUT", committing(location, whole))).status).toBe(201);
    expect((await registry.blob("a/b", whole))?.toString()).toBe("second");
  });

  it("answers 201 or 416 to a chunk", async () => {
    inject({ rewrite: { status: 201 } }, { method: "PATCH" });
    const location = await beginUpload(registry, "a/b");
    expect((await chunk(location, 0, "01")).status).toBe(201);
    inject({ answer: { status: 416 } }, { method: "PATCH" });
    expect((await chunk(location, 2, "23")).status).toBe(416);
    expect((await ask(registry, "GET", location)).headers["range"]).toBe("0-1");
  });

  it("delays a commit, also for a client that has left", async () => {
    inject({ delayMs: 40 }, { method: "PUT" });
    const other = sha256("other");
    const to = committing(await beginUpload(registry, "a/b"), other);
    const started = performance.now();
    const answer = ask(registry, "PUT", to, { body: "other" });
    expect((await ask(registry, "HEAD", `/v2/a/b/blobs/${other}`)).status).toBe(404);
    expect((await answer).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(35);
    expect((await ask(registry, "HEAD", `/v2/a/b/blobs/${other}`)).status).toBe(200);
  });

  it("forgets a blob or a manifest that it accepted", async () => {
    inject({ forget: true }, { method: "PUT", times: 2 });
    const to = committing(await beginUpload(registry, "a/b"), sha256("other"));
    expect((await ask(registry, "PUT", to, { body: "other" })).status).toBe(201);
    expect((await ask(registry, "HEAD", `/v2/a/b/blobs/${sha256("other")}`)).status).toBe(404);
    const headers = { "content-type": manifestType };
    const put = await ask(registry, "PUT", "/v2/a/b/manifests/v1", { headers, body: manifestWith() });
    expect([put.status, registry.tags("a/b").size]).toEqual([201, 0]);
  });

  it("collects untagged manifests and what only they need", async () => {
    const [kept, gone] = [manifestWith(), manifestWith({ annotations: { title: "gone" } })];
    registry.addManifest("a/b", manifestType, kept, "v1");
    registry.addManifest("a/b", manifestType, gone);
    registry.addManifest("a/b", manifestType, referrerOf(kept, "application/vnd.kept"));
    expect(registry.collectGarbage("a/b").toSorted()).toEqual([digest, sha256(gone)].sort());
    expect(registry.manifests("a/b").size).toBe(2);
  });
});

describe("tags that cannot be changed", () => {
  it.each([
    [400, false, 201],
    [412, false, 201],
    [400, true, 400],
    [412, true, 412],
  ])("are refused with %i, and for the same content (%s) with %i", async (status, evenIfSame, forSame) => {
    const immutable = { status, code: "TAG_INVALID", message: "{name}:{tag} is immutable", evenIfSame };
    await using strict = await TestRegistry.start({ manifests: { immutable } });
    await strict.addBlob("a/b", Buffer.from("{}"));
    const put = (body: Uint8Array) =>
      ask(strict, "PUT", "/v2/a/b/manifests/v1", { headers: { "content-type": manifestType }, body });
    expect((await put(manifestWith())).status).toBe(201);
    expect((await put(manifestWith())).status).toBe(forSame);
    const refused = await put(manifestWith({ annotations: { title: "other" } }));
    expect(refused.status).toBe(status);
    expect(refused.body.toString()).toContain("a/b:v1 is immutable");
  });
});
