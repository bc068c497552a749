import { describe, expect, it } from "vitest";
import { TestRegistry } from "../../registry/index.ts";
import { profiles } from "../../registry/profiles/index.ts";
import { manifestType, manifestWith, referrerOf } from "./manifests.ts";
import { ask, beginUpload, committing, sha256 } from "./plain-client.ts";

/*
 * What is peculiar to each kind of registry, as its clients meet it; limits are a millionth of the real ones.
 */

type Name = keyof typeof profiles;

/** Bytes and milliseconds, so that limits of gigabytes and minutes are within reach. */
const scale = { bytes: 1e-6, ms: 1e-4 };
const content = Buffer.from("0123456789");

interface Habits {
  /** Answer to a chunk of 10 bytes with a range. */
  readonly chunk: number;
  /** What an upload in two chunks ends in. */
  readonly twoChunks: number | "the last only";
  /** What is left of a chunk that broke off after 4 bytes. */
  readonly torn: string | "lost" | "refused";
  readonly location: "relative" | "absolute";
  /** GET of a blob. */
  readonly blob: 200 | 307;
  /** GET of referrers. */
  readonly referrers: 200 | 404;
  /** PUT of the same manifest under the same tag, and of another one. */
  readonly sameTag: number;
  readonly otherTag: number;
  /** DELETE of a tag. */
  readonly untag: number;
}

const usual: Habits = {
  chunk: 202,
  twoChunks: 201,
  torn: "0-3",
  location: "relative",
  blob: 200,
  referrers: 200,
  sameTag: 201,
  otherTag: 201,
  untag: 202,
};

const habits: readonly (readonly [Name, Habits])[] = [
  ["GHCR", { ...usual, chunk: 416, twoChunks: 416, torn: "refused", blob: 307, referrers: 404, untag: 405 }],
  ["ECR", { ...usual, chunk: 201, location: "absolute", blob: 307, sameTag: 400, otherTag: 400, untag: 405 }],
  ["ACR", { ...usual, blob: 307 }],
  ["GAR", { ...usual, chunk: 400, twoChunks: 400, torn: "refused", location: "absolute", blob: 307, otherTag: 400 }],
  ["Docker Hub", { ...usual, location: "absolute", blob: 307, referrers: 404, untag: 405 }],
  ["Quay", { ...usual, location: "absolute", blob: 307 }],
  ["Harbor", { ...usual, torn: "lost", otherTag: 412 }],
  ["Artifactory", { ...usual, twoChunks: "the last only" }],
  ["GitLab", { ...usual, torn: "lost", location: "absolute", blob: 307, referrers: 404 }],
  ["distribution", { ...usual, location: "absolute", referrers: 404 }],
];

const start = (name: Name) => TestRegistry.start({ ...profiles[name], scale });

function chunk(registry: TestRegistry, location: string, from: number, bytes: Uint8Array) {
  const headers = { "content-range": `${from}-${from + bytes.length - 1}` };
  return ask(registry, "PATCH", location, { headers, body: bytes });
}

it("has a row for each", () => {
  expect(habits.map(([name]) => name)).toEqual(Object.keys(profiles));
});

describe.each(habits)("%s", (name, expected) => {
  it("takes chunks, or does not", async () => {
    await using registry = await start(name);
    const location = await beginUpload(registry, "a/b");
    expect(location.startsWith("http") ? "absolute" : "relative").toBe(expected.location);
    const first = await chunk(registry, location, 0, content);
    expect(first.status).toBe(expected.chunk);
    if (expected.torn === "refused") return;
    await chunk(registry, location, 10, content);
    const digest = sha256(Buffer.concat([content, content]));
    const put = await ask(registry, "PUT", committing(location, digest));
    const stored = await registry.blob("a/b", digest);
    const onlyLast = put.status === 201 && stored?.length === 10;
    expect(onlyLast ? "the last only" : put.status).toBe(expected.twoChunks);
  });

  it("keeps of a torn chunk what it keeps", async () => {
    if (expected.torn === "refused") return;
    await using registry = await start(name);
    registry.inject({ match: { method: "PATCH" }, fault: { cutRequestAfter: 4 } });
    const location = await beginUpload(registry, "a/b");
    await expect(chunk(registry, location, 0, content)).rejects.toThrow();
    const { status, headers } = await ask(registry, "GET", location);
    expect(status === 204 ? headers["range"] : "lost").toBe(expected.torn);
  });

  it("serves blobs, referrers and tags in its way", async () => {
    await using registry = await start(name);
    await registry.addBlob("a/b", Buffer.from("{}"));
    await registry.addBlob("a/b", content);
    const put = (title: string) =>
      ask(registry, "PUT", "/v2/a/b/manifests/v1", {
        headers: { "content-type": manifestType },
        body: manifestWith({ annotations: { title } }),
      });
    const met = {
      blob: (await ask(registry, "GET", `/v2/a/b/blobs/${sha256(content)}`)).status,
      referrers: (await ask(registry, "GET", `/v2/a/b/referrers/${sha256(content)}`)).status,
      first: (await put("one")).status,
      sameTag: (await put("one")).status,
      otherTag: (await put("other")).status,
      untag: (await ask(registry, "DELETE", "/v2/a/b/manifests/v1")).status,
    };
    const { blob, referrers, sameTag, otherTag, untag } = expected;
    expect(met).toEqual({ blob, referrers, first: 201, sameTag, otherTag, untag });
  });

  it("says OCI-Subject where it lists referrers", async () => {
    await using registry = await start(name);
    await registry.addBlob("a/b", Buffer.from("{}"));
    const manifest = referrerOf(manifestWith(), "application/vnd.example");
    const headers = { "content-type": manifestType };
    const put = await ask(registry, "PUT", `/v2/a/b/manifests/${sha256(manifest)}`, { headers, body: manifest });
    const told = expected.referrers === 200 ? sha256(manifestWith()) : undefined;
    expect([put.status, put.headers["oci-subject"]]).toEqual([201, told]);
  });
});

describe("limits", () => {
  it.each<[Name, number]>([
    ["GHCR", 10_738],
    ["ECR", 54_526],
    ["ACR", 214_749],
    ["Quay", 21_475],
  ])("%s takes blobs of %i bytes, a millionth of what it takes, and no more", async (name, most) => {
    await using registry = await start(name);
    for (const [size, status] of [
      [most, 201],
      [most + 1, 413],
    ] as const) {
      const bytes = Buffer.alloc(size);
      const to = committing(await beginUpload(registry, "a/b"), sha256(bytes));
      expect((await ask(registry, "PUT", to, { body: bytes })).status).toBe(status);
    }
  });

  it("GHCR takes uploads of 10 minutes", async () => {
    await using registry = await TestRegistry.start({ ...profiles.GHCR, scale: { bytes: 1e-6, ms: 0 } });
    const location = await beginUpload(registry, "a/b");
    await new Promise((later) => setTimeout(later, 5));
    expect((await ask(registry, "PUT", committing(location, sha256("")))).status).toBe(404);
  });

  it("ECR says how short a chunk may be", async () => {
    await using registry = await start("ECR");
    const { headers } = await ask(registry, "POST", "/v2/a/b/blobs/uploads/");
    expect(headers["oci-chunk-min-length"]).toBe("6");
  });

  it("GAR wants to know how long nothing is", async () => {
    await using registry = await start("GAR");
    const unsaid = { headers: { "transfer-encoding": "chunked" } };
    expect((await ask(registry, "POST", "/v2/a/b/blobs/uploads/", unsaid)).status).toBe(411);
    const streamed = await ask(registry, "PATCH", await beginUpload(registry, "a/b"), { body: content });
    expect(streamed.status).toBe(202);
  });

  it("Quay lists 50 tags at once", async () => {
    await using registry = await start("Quay");
    for (let tag = 100; tag < 160; tag += 1) registry.addManifest("a/b", manifestType, manifestWith(), `v${tag}`);
    const { body, headers } = await ask(registry, "GET", "/v2/a/b/tags/list?n=1000");
    expect(JSON.parse(body.toString()).tags).toHaveLength(50);
    expect(headers["link"]).toContain("last=v149");
  });
});
