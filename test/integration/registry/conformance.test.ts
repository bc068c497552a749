import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestRegistry } from "../../registry/index.ts";
import { indexType, manifestType, manifestWith, referrerOf } from "./manifests.ts";
import { ask, beginUpload, committing, sha256 } from "./plain-client.ts";

/*
 * The registry of the tests follows distribution-spec 1.1: what it answers to each request of the specification.
 */

const content = Buffer.from("0123456789");
const digest = sha256(content);
const absent = sha256("nothing");
let registry: TestRegistry;

beforeEach(async () => {
  registry = await TestRegistry.start({ limits: { chunkBytes: 4 } });
  await registry.addBlob("a/b", Buffer.from("{}"));
});
afterEach(() => registry[Symbol.asyncDispose]());

const octets = { "content-type": "application/octet-stream" };
const codeOf = (body: Buffer): unknown => JSON.parse(body.toString()).errors[0].code;

async function putManifest(reference: string, bytes: Uint8Array, type = manifestType) {
  return ask(registry, "PUT", `/v2/a/b/manifests/${reference}`, { headers: { "content-type": type }, body: bytes });
}

describe("paths", () => {
  it.each<[string, string, number]>([
    ["GET", "/v2/", 200],
    ["GET", "/", 404],
    ["GET", "/v2/a/b/manifests/absent", 404],
    ["HEAD", "/v2/a/b/manifests/absent", 404],
    ["GET", `/v2/a/b/manifests/${absent}`, 404],
    ["GET", `/v2/a/b/blobs/${absent}`, 404],
    ["HEAD", `/v2/a/b/blobs/${absent}`, 404],
    ["GET", "/v2/a/b/blobs/sha256:short", 400],
    ["GET", "/v2/A/b/tags/list", 400],
    ["GET", "/v2/a/b/tags/list", 200],
    ["GET", "/v2/none/tags/list", 404],
    ["GET", `/v2/none/referrers/${absent}`, 200],
    ["GET", "/v2/a/b/referrers/no-digest", 400],
    ["DELETE", `/v2/a/b/blobs/${absent}`, 404],
    ["DELETE", "/v2/a/b/manifests/absent", 404],
    ["PATCH", "/v2/a/b/blobs/uploads/absent", 404],
    ["PUT", "/v2/a/b/tags/list", 405],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await ask(registry, method, path)).status).toBe(status);
  });
});

describe("a blob", () => {
  it("comes by POST and PUT, and is served whole, by its head and in ranges", async () => {
    const put = await ask(registry, "PUT", committing(await beginUpload(registry, "a/b"), digest), {
      headers: octets,
      body: content,
    });
    expect([put.status, put.headers.location]).toEqual([201, `/v2/a/b/blobs/${digest}`]);
    const path = `/v2/a/b/blobs/${digest}`;
    expect(await ask(registry, "GET", path)).toMatchObject({ status: 200, body: content });
    const head = await ask(registry, "HEAD", path);
    expect(head.headers).toMatchObject({ "content-length": "10", "docker-content-digest": digest });
    expect(registry.openUploads("a/b")).toBe(0);
  });

  it.each<[string, number, string, string | undefined]>([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=0-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=3-2", 200, "0123456789", undefined],
    ["bytes=0-1,3-4", 200, "0123456789", undefined],
    ["lines=1-2", 200, "0123456789", undefined],
    ["bytes=10-", 416, "", "bytes */10"],
  ])("asked for %s is %i", async (range, status, text, contentRange) => {
    await registry.addBlob("a/b", content);
    const answer = await ask(registry, "GET", `/v2/a/b/blobs/${digest}`, { headers: { range } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([status, contentRange]);
    if (status < 400) expect(answer.body.toString()).toBe(text);
  });

  it("comes in one POST", async () => {
    const path = `/v2/a/b/blobs/uploads/?digest=${digest}`;
    expect((await ask(registry, "POST", path, { headers: octets, body: content })).status).toBe(201);
    expect(await registry.blob("a/b", digest)).toEqual(content);
  });

  it("comes by its sha512, if that is what it has", async () => {
    for (const [text, status] of [
      ["0123456789", 201],
      ["012345678", 400],
    ] as const) {
      const long = `sha512:${createHash("sha512").update(content).digest("hex")}`;
      const answer = await ask(registry, "POST", `/v2/a/b/blobs/uploads/?digest=${long}`, {
        headers: octets,
        body: text,
      });
      expect(answer.status).toBe(status);
    }
  });

  it("is mounted from another repository, or an upload begins", async () => {
    await registry.addBlob("other/one", content);
    const mount = await ask(registry, "POST", `/v2/a/b/blobs/uploads/?mount=${digest}&from=other/one`);
    expect([mount.status, mount.headers.location]).toEqual([201, `/v2/a/b/blobs/${digest}`]);
    const none = await ask(registry, "POST", `/v2/a/b/blobs/uploads/?mount=${absent}&from=other/one`);
    expect(none.status).toBe(202);
    expect(registry.openUploads("a/b")).toBe(1);
  });

  it("is refused under another digest, and its session is over", async () => {
    const location = await beginUpload(registry, "a/b");
    const refused = await ask(registry, "PUT", committing(location, absent), { headers: octets, body: content });
    expect([refused.status, codeOf(refused.body)]).toEqual([400, "DIGEST_INVALID"]);
    expect((await ask(registry, "GET", location)).status).toBe(404);
    expect(registry.blobs("a/b").has(absent)).toBe(false);
  });

  it("is deleted", async () => {
    await registry.addBlob("a/b", content);
    expect((await ask(registry, "DELETE", `/v2/a/b/blobs/${digest}`)).status).toBe(202);
    expect((await ask(registry, "GET", `/v2/a/b/blobs/${digest}`)).status).toBe(404);
  });
});

describe("chunks", () => {
  const chunk = (location: string, from: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(registry, "PATCH", location, {
      headers: { ...octets, "content-range": `${from}-${from + text.length - 1}`, ...headers },
      body: text,
    });

  it("are added one after the other, and the last may ride on the PUT", async () => {
    const begun = await ask(registry, "POST", "/v2/a/b/blobs/uploads/", { headers: { "content-length": "0" } });
    expect([begun.status, begun.headers["oci-chunk-min-length"]]).toEqual([202, "4"]);
    const first = await chunk(String(begun.headers.location), 0, "01234");
    expect([first.status, first.headers["range"]]).toEqual([202, "0-4"]);
    const status = await ask(registry, "GET", String(first.headers.location));
    expect([status.status, status.headers["range"]]).toEqual([204, "0-4"]);
    const last = await ask(registry, "PUT", committing(String(status.headers.location), digest), {
      headers: { ...octets, "content-range": "5-9" },
      body: "56789",
    });
    expect(last.status).toBe(201);
    expect(await registry.blob("a/b", digest)).toEqual(content);
  });

  it.each<[string, number, string, Readonly<Record<string, string>>, number]>([
    ["begins too late", 5, "56789", {}, 416],
    ["begins too early", 0, "01234", {}, 416],
    ["says another length", 4, "4567", { "content-range": "4-9" }, 400],
    ["says no range of bytes", 4, "4567", { "content-range": "bytes 4-7/10" }, 400],
  ])("one that %s is refused, and the upload goes on", async (_, from, text, headers, status) => {
    const location = await beginUpload(registry, "a/b");
    await chunk(location, 0, "0123");
    expect((await chunk(location, from, text, headers)).status).toBe(status);
    expect((await ask(registry, "GET", location)).headers["range"]).toBe("0-3");
    expect((await chunk(location, 4, "456789")).status).toBe(202);
    expect((await ask(registry, "PUT", committing(location, digest))).status).toBe(201);
  });

  it("only the last may be shorter than the least", async () => {
    const location = await beginUpload(registry, "a/b");
    expect((await chunk(location, 0, "01")).status).toBe(202);
    expect((await chunk(location, 2, "23456789")).status).toBe(400);
  });

  it("may come as one stream without a range", async () => {
    const location = await beginUpload(registry, "a/b");
    await ask(registry, "PATCH", location, { headers: octets, body: content });
    expect((await ask(registry, "PUT", committing(location, digest))).status).toBe(201);
  });

  it("go nowhere when the upload was cancelled, or the Location's query left out", async () => {
    const location = await beginUpload(registry, "a/b");
    expect((await chunk(location.replace(/\?.*/, ""), 0, "0123")).status).toBe(404);
    expect((await ask(registry, "DELETE", location)).status).toBe(204);
    expect((await chunk(location, 0, "0123")).status).toBe(404);
  });
});

describe("a manifest", () => {
  const manifest = manifestWith();

  it("is put under a tag, and is there by tag and by digest", async () => {
    const put = await putManifest("v1", manifest);
    expect([put.status, put.headers["docker-content-digest"]]).toEqual([201, sha256(manifest)]);
    for (const reference of ["v1", sha256(manifest)]) {
      const got = await ask(registry, "GET", `/v2/a/b/manifests/${reference}`, { headers: { accept: manifestType } });
      expect(got).toMatchObject({ status: 200, body: manifest });
      expect(got.headers).toMatchObject({ "content-type": manifestType, "docker-content-digest": sha256(manifest) });
      const head = await ask(registry, "HEAD", `/v2/a/b/manifests/${reference}`);
      expect(head.headers["content-length"]).toBe(String(manifest.length));
    }
  });

  it("is put under several tags at once", async () => {
    const put = await putManifest(`${sha256(manifest)}?tag=v1&tag=v2`, manifest);
    expect(put.headers["oci-tag"]).toBe("v1, v2");
    expect([...registry.tags("a/b").keys()]).toEqual(["v1", "v2"]);
  });

  it.each<[string, string, Uint8Array, string, number]>([
    ["a blob that is not there", "v1", manifestWith({ layers: [layerOf(absent, 7)] }), manifestType, 404],
    ["a blob of another size", "v1", manifestWith({ layers: [layerOf(sha256("{}"), 3)] }), manifestType, 400],
    ["another digest", absent, manifest, manifestType, 400],
    ["another media type", "v1", manifest, indexType, 400],
    ["no JSON", "v1", Buffer.from("{"), manifestType, 400],
    ["more than 4 MiB", "v1", Buffer.alloc(4 * 1024 * 1024 + 1, " "), manifestType, 413],
    [
      "a manifest that is not there",
      "v1",
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: indexType,
          manifests: [{ ...layerOf(absent, 7), mediaType: manifestType }],
        }),
      ),
      indexType,
      404,
    ],
  ])("with %s is refused", async (_, reference, bytes, type, status) => {
    expect((await putManifest(reference, bytes, type)).status).toBe(status);
    expect(registry.tags("a/b").size).toBe(0);
  });

  it("is not given to who does not accept it", async () => {
    await putManifest("v1", manifest);
    const accept = { accept: `${indexType}, application/json;q=0.5` };
    expect((await ask(registry, "GET", "/v2/a/b/manifests/v1", { headers: accept })).status).toBe(404);
  });

  it("is untagged by its tag, and removed by its digest", async () => {
    for (const tag of ["v1", "v2"]) await putManifest(tag, manifest);
    expect((await ask(registry, "DELETE", "/v2/a/b/manifests/v1")).status).toBe(202);
    expect((await ask(registry, "GET", "/v2/a/b/manifests/v2")).status).toBe(200);
    expect((await ask(registry, "DELETE", `/v2/a/b/manifests/${sha256(manifest)}`)).status).toBe(202);
    expect((await ask(registry, "GET", "/v2/a/b/manifests/v2")).status).toBe(404);
  });
});

function layerOf(blob: string, size: number) {
  return { mediaType: "application/octet-stream", digest: blob, size };
}

describe("tags", () => {
  it.each<[string, string[], string | undefined]>([
    ["", ["a", "b", "c", "v1"], undefined],
    ["?n=2", ["a", "b"], '</v2/a/b/tags/list?n=2&last=b>; rel="next"'],
    ["?n=2&last=b", ["c", "v1"], undefined],
    ["?last=bb", ["c", "v1"], undefined],
    ["?n=0", [], undefined],
    ["?n=99", ["a", "b", "c", "v1"], undefined],
  ])("listed by %j", async (query, tags, link) => {
    for (const tag of ["v1", "c", "a", "b"]) await putManifest(tag, manifestWith());
    const answer = await ask(registry, "GET", `/v2/a/b/tags/list${query}`);
    expect(JSON.parse(answer.body.toString())).toEqual({ name: "a/b", tags });
    expect(answer.headers["link"]).toBe(link);
  });
});

describe("referrers", () => {
  const subject = manifestWith({ annotations: { title: "subject" } });
  const signature = referrerOf(subject, "application/vnd.example.signature");
  const report = referrerOf(subject, "application/vnd.example.report");
  const path = `/v2/a/b/referrers/${sha256(subject)}`;

  async function listed(query = "") {
    const answer = await ask(registry, "GET", `${path}${query}`);
    expect(answer.headers["content-type"]).toBe(indexType);
    const { manifests } = JSON.parse(answer.body.toString());
    return { headers: answer.headers, digests: manifests.map(({ digest: each }: { digest: string }) => each).sort() };
  }

  it("are listed, also before their subject is there, until they are deleted", async () => {
    expect((await listed()).digests).toEqual([]);
    const put = await putManifest(sha256(signature), signature);
    expect(put.headers["oci-subject"]).toBe(sha256(subject));
    await putManifest("report", report);
    expect((await listed()).digests).toEqual([sha256(signature), sha256(report)].sort());
    await ask(registry, "DELETE", `/v2/a/b/manifests/${sha256(report)}`);
    expect((await listed()).digests).toEqual([sha256(signature)]);
  });

  it("are filtered by their type, which may be that of their config", async () => {
    for (const each of [signature, report]) await putManifest(sha256(each), each);
    const { headers, digests } = await listed("?artifactType=application/vnd.example.report");
    expect(digests).toEqual([sha256(report)]);
    expect(headers["oci-filters-applied"]).toBe("artifactType");
    const plain = manifestWith({ subject: layerOf(sha256(subject), subject.length) });
    await putManifest(sha256(plain), plain);
    expect((await listed("?artifactType=application/vnd.oci.empty.v1%2Bjson")).digests).toEqual([sha256(plain)]);
  });

  it("are paged", async () => {
    for (const each of [signature, report]) await putManifest(sha256(each), each);
    const first = await listed("?n=1");
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers["link"]))?.[1] ?? "";
    const second = await listed(next.slice(next.indexOf("?")));
    expect([...first.digests, ...second.digests].sort()).toEqual([sha256(signature), sha256(report)].sort());
    expect(second.headers["link"]).toBeUndefined();
  });
});
