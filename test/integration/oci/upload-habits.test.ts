import { randomBytes } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ContentPool, identityOf } from "../../../src/content/index.ts";
import { digestOf, type WritableStore } from "../../../src/oci/index.ts";
import { openRegistry, UploadJournal } from "../../../src/oci/registry/index.ts";
import { TestRegistry } from "../../registry/index.ts";
import type { RegistryOptions } from "../../registry/options.ts";
import { artifactory } from "../../registry/profiles/artifactory.ts";
import { ecr } from "../../registry/profiles/ecr.ts";
import { ghcr } from "../../registry/profiles/ghcr.ts";
import { harbor } from "../../registry/profiles/harbor.ts";
import { type Temporary, temporaryDirectory } from "../../support/temporary.ts";

/*
 * How large files are sent: in chunks, in one request or while they are hashed, and what is done about registries that
 * take less than they say. The chunks are small, and the file is larger than what is taken up after a break.
 */

const MiB = 1024 * 1024;
const chunkBytes = 5 * MiB;
const size = 17 * MiB;
const repository = "group/model";
const patient = { retries: 8, pause: 1, longestPause: 5 };
const content = randomBytes(size);
const digest = digestOf(content);
let directory: Temporary;
let file: Parameters<WritableStore["pushFile"]>[0];

beforeAll(async () => {
  directory = await temporaryDirectory();
  const path = directory.at("weights");
  await writeFile(path, content);
  file = { path, identity: identityOf(await stat(path, { bigint: true })) };
});
afterAll(() => directory[Symbol.asyncDispose]());

type Mode = "auto" | "monolithic" | "chunked" | "stream";

async function open(registry: TestRegistry, uploadMode: Mode, signal = new AbortController().signal) {
  const reference = {
    kind: "registry",
    host: registry.host,
    path: repository,
    tag: undefined,
    digest: undefined,
  } as const;
  const pool = new ContentPool({ signal, threads: 1 });
  const journal = UploadJournal.in(directory.at("caches"));
  return openRegistry(reference, { pool, signal, persistence: patient, uploadMode, chunkBytes, journal });
}

async function push(registry: TestRegistry, mode: Mode): Promise<void> {
  let counted = 0;
  const store = await open(registry, mode);
  const pushed = await store.pushFile(file, (bytes) => {
    counted += bytes;
  });
  expect(pushed).toEqual({ digest, size, reused: false });
  expect(counted).toBe(size);
  expect(Buffer.compare((await registry.blob(repository, digest)) ?? Buffer.alloc(0), content)).toBe(0);
}

/** Method, status and bytes of the requests that sent something. */
function sent(registry: TestRegistry): string[] {
  return registry.requests
    .filter(({ method }) => method === "PATCH" || method === "PUT")
    .map(({ method, status, bytesReceived }) => `${method} ${status} ${bytesReceived}`);
}

const inChunks = [
  `PATCH 202 ${chunkBytes}`,
  `PATCH 202 ${chunkBytes}`,
  `PATCH 202 ${chunkBytes}`,
  `PATCH 202 ${size - 3 * chunkBytes}`,
  "PUT 201 0",
];

describe("a large file", () => {
  it.each<[Mode, readonly string[]]>([
    ["auto", inChunks],
    ["chunked", inChunks],
    ["stream", inChunks],
    ["monolithic", [`PUT 201 ${size}`]],
  ])("is sent in mode %s as that says", async (mode, expected) => {
    await using registry = await TestRegistry.start();
    await push(registry, mode);
    expect(sent(registry)).toEqual(expected);
    expect(registry.openUploads(repository)).toBe(0);
    const ranges = registry.requests.flatMap(({ headers }) => headers["content-range"] ?? []);
    if (mode !== "monolithic") {
      expect(ranges).toEqual(["0-5242879", "5242880-10485759", "10485760-15728639", "15728640-17825791"]);
    }
  });

  it("is looked for before it is sent, unless no release has a file of its size", async () => {
    await using registry = await TestRegistry.start();
    await push(registry, "auto");
    const heads = (): number => registry.requests.filter(({ method }) => method === "HEAD").length;
    expect(heads()).toBe(1);
    const layer = { mediaType: "application/octet-stream", digest, size };
    const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config,
      layers: [layer],
    };
    await registry.addBlob(repository, Buffer.from("{}"));
    registry.addManifest(repository, manifest.mediaType, Buffer.from(JSON.stringify(manifest)), "1.0.0-default");
    registry.forgetRequests();
    const store = await open(registry, "auto");
    expect(await store.pushFile(file, () => {})).toEqual({ digest, size, reused: true });
    expect(sent(registry)).toEqual([]);
  });

  it("is in chunks as long as the registry wants them at least", async () => {
    await using registry = await TestRegistry.start({ limits: { chunkBytes: 7 * MiB } });
    await push(registry, "auto");
    expect(sent(registry)).toEqual([
      `PATCH 202 ${7 * MiB}`,
      `PATCH 202 ${7 * MiB}`,
      `PATCH 202 ${3 * MiB}`,
      "PUT 201 0",
    ]);
  });

  it.each<[string, RegistryOptions, Mode]>([
    ["takes chunks of 4 MiB at most", ghcr, "auto"],
    ["takes chunks of 4 MiB at most, whatever the user wants", ghcr, "chunked"],
    ["takes chunks of 1 MiB at most", { limits: { patchBytes: MiB } }, "auto"],
    ["answers 201 to each chunk", ecr, "chunked"],
    ["takes no PATCH", { uploads: { patch: 405 } }, "monolithic"],
    ["keeps the last chunk only", { uploads: { keepsLastChunkOnly: true } }, "auto"],
    ["keeps the last chunk only, and is known for it", artifactory, "auto"],
    ["loses an upload that broke off", harbor, "auto"],
    ["takes uploads at another address", { uploads: { location: "elsewhere" } }, "auto"],
    ["redirects uploads", { uploads: { location: "redirected" } }, "stream"],
  ])("arrives at a registry that %s", async (_, options, mode) => {
    await using registry = await TestRegistry.start(options);
    await push(registry, mode);
    expect(registry.openUploads(repository)).toBe(0);
  });

  it("is sent in one request to who is known to lose chunks", async () => {
    await using registry = await TestRegistry.start(artifactory);
    await push(registry, "auto");
    expect(sent(registry)).toEqual([`PUT 201 ${size}`]);
  });

  it("is sent in chunks where one request is too much", async () => {
    await using registry = await TestRegistry.start();
    // A proxy's limit, which nobody tells before.
    registry.inject({ match: { method: "PUT", path: /uploads/ }, fault: { answer: { status: 413 } } });
    const store = await openRegistry(
      { kind: "registry", host: registry.host, path: repository, tag: undefined, digest: undefined },
      {
        pool: new ContentPool({ signal: new AbortController().signal, threads: 1 }),
        signal: new AbortController().signal,
        persistence: patient,
        uploadMode: "chunked",
        journal: UploadJournal.in(directory.at("caches")),
      },
    );
    expect(await store.pushFile(file, () => {})).toMatchObject({ digest });
    expect(sent(registry).slice(1)).toEqual([
      ...Array.from({ length: 4 }, () => `PATCH 202 ${4 * MiB}`),
      `PATCH 202 ${MiB}`,
      "PUT 201 0",
    ]);
  });
});

describe("an upload that breaks off", () => {
  it.each<Mode>(["auto", "chunked", "stream"])("goes on where the registry has it: %s", async (mode) => {
    await using registry = await TestRegistry.start();
    for (const nth of [1, 3, 5]) {
      registry.inject({ match: { method: "PATCH", nth }, fault: { cutRequestAfter: 2 * MiB } });
    }
    await push(registry, mode);
    const bytes = registry.requests.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    expect(bytes).toBeLessThan(size + MiB);
  });

  it("is begun again where the registry has lost it", async () => {
    await using registry = await TestRegistry.start({ uploads: { torn: "lost" } });
    registry.inject({ match: { method: "PATCH", nth: 2 }, fault: { cutRequestAfter: 2 * MiB } });
    await push(registry, "auto");
  });

  it.each<Mode>(["auto", "chunked"])("is taken up by another process: %s", async (mode) => {
    await using registry = await TestRegistry.start();
    const stop = new AbortController();
    const first = await open(registry, mode, stop.signal);
    registry.inject({ match: { method: "PATCH", nth: 3 }, fault: { stallRequest: { at: MiB, ms: 1000 } } });
    const reached = Promise.withResolvers<void>();
    let moved = 0;
    const pushing = first.pushFile(file, (bytes) => {
      moved += bytes;
      if (moved >= 2 * chunkBytes) reached.resolve();
    });
    await reached.promise;
    stop.abort(new Error("killed"));
    await expect(pushing).rejects.toThrow("killed");
    registry.forgetRequests();
    await push(registry, mode);
    const bytes = registry.requests.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    expect(bytes).toBeLessThanOrEqual(size - 2 * chunkBytes);
  });

  it("does not hold up another one", async () => {
    await using registry = await TestRegistry.start();
    registry.inject({ match: { method: "PATCH" }, fault: { stallRequest: { at: MiB, ms: 25_000 } } });
    const other = directory.at("other");
    await writeFile(other, randomBytes(size));
    const stop = new AbortController();
    const store = await open(registry, "auto", stop.signal);
    const stalled = store.pushFile(file, () => {});
    const ended = expect(stalled).rejects.toThrow("enough");
    await expect.poll(() => registry.requests.some(({ method }) => method === "PATCH")).toBe(true);
    const identity = identityOf(await stat(other, { bigint: true }));
    expect(await store.pushFile({ path: other, identity }, () => {})).toMatchObject({ size, reused: false });
    expect(await Promise.race([stalled, "still under way"])).toBe("still under way");
    stop.abort(new Error("enough"));
    await ended;
  });
});
