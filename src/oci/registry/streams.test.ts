import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { ContentPool } from "../../content/index.ts";
import { digestOf } from "../digest.ts";
import type { BlobSource } from "../store.ts";
import { MemoryRegistry } from "./fixtures/memory-registry.ts";
import { type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";
import { RegistryStore } from "./registry-store.ts";

const content = Buffer.alloc(3_000_000, "a model ");
const descriptor = { mediaType: "x/y", digest: digestOf(content), size: content.length };
let memory: MemoryRegistry;
let registry: ScriptedRegistry;
const pool = new ContentPool({ signal: new AbortController().signal });

afterEach(() => registry[Symbol.asyncDispose]());

async function serve(habits: ConstructorParameters<typeof MemoryRegistry>[0] = {}): Promise<RegistryStore> {
  memory = new MemoryRegistry(habits);
  registry = await scriptedRegistry((...asked) => memory.script(...asked));
  memory.blobsOf("a").set(descriptor.digest, content);
  return new RegistryStore(registry.client, "a", pool);
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(Buffer.from(piece));
  return Buffer.concat(read);
}

describe("a blob that is read", () => {
  it.each([0, 1, 1_500_000, content.length])("comes from byte %i on", async (from) => {
    const store = await serve();
    expect((await all(store.read(descriptor, from))).equals(content.subarray(from))).toBe(true);
  });

  it("is taken up where its connection was cut", async () => {
    const store = await serve();
    memory.before = cutting(3, (response, from) => {
      response.writeHead(
        from === 0 ? 200 : 206,
        from === 0 ? {} : { "content-range": `bytes ${from}-2999999/3000000` },
      );
      response.write(content.subarray(from, from + 700_000), () => response.destroy());
    });
    expect((await all(store.read(descriptor, 0))).equals(content)).toBe(true);
    expect(registry.seen.length).toBeGreaterThan(2);
    expect(registry.seen.slice(1).every(({ range }) => range !== undefined)).toBe(true);
  });

  it("is given up when nothing comes any more", async () => {
    const store = await serve();
    memory.before = cutting(Number.POSITIVE_INFINITY, (response) => response.destroy());
    await expectError("REGISTRY_UNREACHABLE", () => all(store.read(descriptor, 0)));
  });

  it("is refused when it is longer or shorter than it should be, or not there", async () => {
    const store = await serve();
    await expectError("CONTENT_ALTERED", () => all(store.read({ ...descriptor, size: 1000 }, 0)));
    memory.before = cutting(Number.POSITIVE_INFINITY, (response) => response.end());
    await expectError("CONTENT_ALTERED", () => all(store.read(descriptor, 0)));
    memory.before = () => false;
    await expectError("NOT_FOUND", () => all(store.read({ ...descriptor, digest: digestOf("other") }, 0)));
  });
});

describe("a blob that comes from another store", () => {
  const source: BlobSource = {
    ...descriptor,
    async *open(from) {
      yield content.subarray(from);
    },
  };
  const into = async (from: Partial<BlobSource>) => {
    let moved = 0;
    const store = new RegistryStore(registry.client, "b", pool);
    const arrival = await store.pushBlob({ ...source, ...from }, (bytes) => {
      moved += bytes;
    });
    return { arrival, moved };
  };
  const requests = () => registry.seen.map(({ line }) => line.replace(/sha256.*?(?=&|$)/, "<digest>"));

  it("is mounted where the registry has it", async () => {
    const { home } = await serve();
    expect(await into({ home })).toEqual({ arrival: "mounted", moved: 0 });
    expect(memory.received).toBe(0);
    expect(memory.blobsOf("b").get(descriptor.digest)).toBe(content);
    expect(await into({ home })).toEqual({ arrival: "present", moved: 0 });
  });

  it("is sent where the registry would rather have it so, in the session that it opened", async () => {
    const { home } = await serve({ mounts: false });
    expect(await into({ home })).toEqual({ arrival: "sent", moved: content.length });
    expect(requests()).toEqual([
      "HEAD /v2/b/blobs/<digest>",
      "POST /v2/b/blobs/uploads/?mount=<digest>&from=a",
      "PUT /v2/b/blobs/uploads/session?digest=<digest>",
      "HEAD /v2/b/blobs/<digest>",
    ]);
  });

  it.each([400, 401, 403, 404, 405])("is sent when it may not be read where it is: %i", async (status) => {
    const { home } = await serve();
    memory.before = mounting((response) => response.writeHead(status).end());
    expect(await into({ home })).toMatchObject({ arrival: "sent" });
  });

  it("is sent when the registry only says that it took it", async () => {
    const { home } = await serve();
    memory.before = mounting((response) => response.writeHead(201).end());
    expect(await into({ home })).toMatchObject({ arrival: "sent" });
  });

  it("is not sent to a registry that fails, which may pass", async () => {
    const { home } = await serve();
    memory.before = mounting((response) => response.writeHead(503).end());
    await expectError("REGISTRY_FAILED", () => into({ home }));
  });

  it("is not mounted from another registry, nor from itself", async () => {
    const { home } = await serve();
    expect(await into({ home: { ...home, registry: "https://other.example" } })).toMatchObject({ arrival: "sent" });
    memory.blobs.delete("b");
    expect(await into({ home: { ...home, repository: "b" } })).toMatchObject({ arrival: "sent" });
    expect(requests().some((line) => line.includes("mount="))).toBe(false);
  });

  it("is read again when the connection is cut, and each byte counts once", async () => {
    await serve();
    let cuts = 0;
    memory.before = (request) => {
      cuts += request.method === "PUT" ? 1 : 0;
      if (request.method !== "PUT" || cuts > 2) return false;
      request.once("data", () => request.socket.destroy());
      return true;
    };
    expect(await into({})).toEqual({ arrival: "sent", moved: content.length });
    expect(cuts).toBe(3);
  });

  it("is never whole in the registry when it is other content", async () => {
    await serve();
    const altered = Buffer.alloc(content.length, "b");
    const open = async function* () {
      for (let at = 0; at < altered.length; at += 100_000) yield altered.subarray(at, at + 100_000);
    };
    await expectError("STORE_CORRUPT", () => into({ open }));
    expect(memory.blobsOf("b").size).toBe(0);
  });
});

/** Lets the first requests for the blob's bytes end in a way of their own. */
function cutting(times: number, end: (response: ServerResponse, from: number) => void) {
  let count = 0;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== "GET" || count >= times) return false;
    count += 1;
    end(response, Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0));
    return true;
  };
}

function mounting(answer: (response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const mounts = request.url?.includes("mount=") === true;
    if (mounts) answer(response);
    return mounts;
  };
}
