import { describe, expect, it } from "vitest";
import { TestRegistry } from "../../registry/index.ts";
import { ask, beginUpload, committing, sha256 } from "./plain-client.ts";

/*
 * Uploads that are larger than any disk here: received, hashed or only counted, and not kept.
 */

const size = 8 * 1024 * 1024;
const zeros = Buffer.alloc(size);
const ones = Buffer.alloc(size, 1);

async function put(registry: TestRegistry, bytes: Uint8Array, digest: string) {
  const to = committing(await beginUpload(registry, "a/b"), digest);
  return ask(registry, "PUT", to, { body: bytes });
}

describe("content above what is kept", () => {
  it("is hashed, and told by its size", async () => {
    await using registry = await TestRegistry.start({ storage: { discardAbove: 1024 } });
    expect((await put(registry, ones, sha256(zeros))).status).toBe(400);
    expect((await put(registry, ones, sha256(ones))).status).toBe(201);
    const head = await ask(registry, "HEAD", `/v2/a/b/blobs/${sha256(ones)}`);
    expect([head.status, head.headers["content-length"]]).toEqual([200, String(size)]);
    expect(registry.blobs("a/b")).toEqual(new Map([[sha256(ones), size]]));
    expect(await registry.blob("a/b", sha256(ones))).toBeUndefined();
    expect((await ask(registry, "GET", `/v2/a/b/blobs/${sha256(ones)}`)).status).toBe(404);
  });

  it("is served again where it was zeros", async () => {
    await using registry = await TestRegistry.start({ storage: { discardAbove: 1024 } });
    await put(registry, zeros, sha256(zeros));
    expect((await ask(registry, "GET", `/v2/a/b/blobs/${sha256(zeros)}`)).body.equals(zeros)).toBe(true);
  });

  it("is only counted where nobody compares digests", async () => {
    await using registry = await TestRegistry.start({
      storage: { discardAbove: 1024 },
      uploads: { verifiesDigest: false },
    });
    expect((await put(registry, ones, sha256("believed"))).status).toBe(201);
    const head = await ask(registry, "HEAD", `/v2/a/b/blobs/${sha256("believed")}`);
    expect(head.headers["content-length"]).toBe(String(size));
  });

  it("goes back to where a refused chunk began", async () => {
    await using registry = await TestRegistry.start({
      storage: { discardAbove: 1024 },
      limits: { patchBytes: size },
    });
    const location = await beginUpload(registry, "a/b");
    expect((await ask(registry, "PATCH", location, { body: ones })).status).toBe(202);
    const tooMuch = Buffer.alloc(size + 1);
    expect((await ask(registry, "PATCH", location, { body: tooMuch })).status).toBe(416);
    expect((await ask(registry, "PUT", committing(location, sha256(ones)))).status).toBe(201);
  });
});

it("keeps in files what is too large for memory", async () => {
  await using registry = await TestRegistry.start({ storage: { memoryBytes: 1024 } });
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  expect((await put(registry, bytes, sha256(bytes))).status).toBe(201);
  const path = `/v2/a/b/blobs/${sha256(bytes)}`;
  expect((await ask(registry, "GET", path)).body.equals(bytes)).toBe(true);
  const part = await ask(registry, "GET", path, { headers: { range: "bytes=262000-262300" } });
  expect(part.body.equals(bytes.subarray(262_000, 262_301))).toBe(true);
});
