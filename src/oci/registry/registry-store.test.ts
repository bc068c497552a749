import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { ContentPool } from "../../content/index.ts";
import { type Digest, digestOf } from "../digest.ts";
import { encodeManifest } from "../manifest.ts";
import { emptyJson, mediaType } from "../media-types.ts";
import { type Script, type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";
import { RegistryStore } from "./registry-store.ts";

const content = Buffer.from("some evidence");
const digest = digestOf(content);
let registry: ScriptedRegistry;
const pool = new ContentPool({ signal: new AbortController().signal });

afterEach(() => registry[Symbol.asyncDispose]());

async function storeAt(script: Script): Promise<RegistryStore> {
  registry = await scriptedRegistry(script);
  return new RegistryStore(registry.client, "a/b", pool);
}

/** A registry that takes one blob, but for what `more` does otherwise; true when it answered. */
function taking(more: (request: IncomingMessage, response: ServerResponse, stored: boolean) => boolean): Script {
  let stored = false;
  return async (request, response) => {
    for await (const _ of request);
    if (more(request, response, stored)) {
      // An answer that was lost is one of success.
      if (request.method === "PUT" && response.destroyed) stored = true;
      return;
    }
    if (request.method === "HEAD") {
      response.writeHead(stored ? 200 : 404, stored ? { "content-length": content.length } : {}).end();
    } else if (request.method === "POST") {
      response.writeHead(202, { location: "/v2/a/b/blobs/uploads/1?_state=x%2By" }).end();
    } else {
      stored = true;
      response.writeHead(201).end();
    }
  };
}

describe("content that is put", () => {
  it("is looked for, sent in one session, and looked for again", async () => {
    const store = await storeAt(taking(() => false));
    expect(await store.push("text/plain", content)).toEqual({ mediaType: "text/plain", digest, size: content.length });
    expect(registry.seen.map(({ line }) => line)).toEqual([
      `HEAD /v2/a/b/blobs/${digest}`,
      "POST /v2/a/b/blobs/uploads/",
      `PUT /v2/a/b/blobs/uploads/1?_state=x%2By&digest=${encodeURIComponent(digest)}`,
      `HEAD /v2/a/b/blobs/${digest}`,
    ]);
    // What was confirmed is not asked for again.
    await store.push("text/plain", content);
    expect(registry.seen).toHaveLength(4);
  });

  it("is not sent again when only the answer was lost", async () => {
    const store = await storeAt(
      taking((request, response) => {
        if (request.method !== "PUT") return false;
        response.destroy();
        return true;
      }),
    );
    await store.push("text/plain", content);
    expect(registry.seen.filter(({ line }) => line.startsWith("PUT"))).toHaveLength(1);
  });

  it.each([
    ["is forgotten", "CONTENT_LOST", () => ({ status: 404, headers: {} })],
    ["is stored in part", "CONTENT_LOST", () => ({ status: 200, headers: { "content-length": "5" } })],
  ])("and %s by a registry that accepted it is %s", async (_, code, found) => {
    const store = await storeAt(
      taking((request, response, stored) => {
        if (request.method !== "HEAD" || !stored) return false;
        const { status, headers } = found();
        response.writeHead(status, headers).end();
        return true;
      }),
    );
    await expectError(code, () => store.push("text/plain", content));
  });

  it.each([
    ["POST", 403, "REGISTRY_DENIED"],
    ["POST", 404, "REGISTRY_REFUSED"],
    ["POST", 503, "REGISTRY_FAILED"],
    ["POST", 201, "REGISTRY_CONFUSED"],
    ["PUT", 400, "REGISTRY_REFUSED"],
    ["PUT", 413, "REGISTRY_REFUSED"],
    ["PUT", 500, "REGISTRY_FAILED"],
  ])("is refused when %s is answered with %i: %s, with the registry's words", async (method, status, code) => {
    const store = await storeAt(
      taking((request, response) => {
        if (request.method !== method) return false;
        response.writeHead(status).end('{"errors": [{"code": "QUOTA", "message": "too much"}]}');
        return true;
      }),
    );
    const { details } = await expectError(code, () => store.push("text/plain", content));
    expect(details).toEqual(["QUOTA: too much"]);
  });
});

const manifestOf = (title: string): Uint8Array =>
  encodeManifest({
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType: "application/vnd.example",
    config: emptyJson.descriptor,
    layers: [],
    annotations: { title },
  });
const ours = manifestOf("ours");
const theirs = manifestOf("theirs");

/** A registry with tags, whose answer to PUT may be replaced. */
function tagging(start: Uint8Array | undefined, put?: (response: ServerResponse, tags: Tags) => boolean): Script {
  const tags: Tags = { held: start };
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "PUT") {
      if (put?.(response, tags)) return;
      tags.held = Buffer.concat(chunks);
      return void response.writeHead(201).end();
    }
    if (tags.held === undefined) return void response.writeHead(404).end();
    const headers = { "content-type": mediaType.manifest, "docker-content-digest": tags.lie ?? digestOf(tags.held) };
    return void response.writeHead(200, headers).end(tags.held);
  };
}

interface Tags {
  held: Uint8Array | undefined;
  lie?: Digest;
}

describe("a manifest that is announced", () => {
  const announce = async (script: Script) => (await storeAt(script)).announce(ours, mediaType.manifest, "1.0.0-jetson");

  it("is read back", async () => {
    const descriptor = await announce(tagging(undefined));
    expect(descriptor).toMatchObject({ digest: digestOf(ours), artifactType: "application/vnd.example" });
    expect(registry.seen.map(({ line }) => line.split(" ")[0])).toEqual(["GET", "PUT", "GET"]);
  });

  it("is not put where it is already", async () => {
    await announce(tagging(ours));
    expect(registry.seen.map(({ line }) => line.split(" ")[0])).toEqual(["GET"]);
  });

  it.each<[string, Script, string]>([
    ["another one is there", tagging(theirs), "IMMUTABLE_CONFLICT"],
    [
      "another one was faster",
      tagging(undefined, (response, tags) => {
        tags.held = theirs;
        response.writeHead(201).end();
        return true;
      }),
      "IMMUTABLE_CONFLICT",
    ],
    [
      "the registry forgets it",
      tagging(undefined, (response) => {
        response.writeHead(201).end();
        return true;
      }),
      "CONTENT_LOST",
    ],
    [
      "the registry says that it is something else",
      tagging(undefined, (response, tags) => {
        Object.assign(tags, { held: ours, lie: digestOf(theirs) });
        response.writeHead(201).end();
        return true;
      }),
      "CONTENT_ALTERED",
    ],
    [
      "the registry takes no such manifest",
      tagging(undefined, (response) => {
        response.writeHead(400).end('{"errors": [{"code": "MANIFEST_INVALID"}]}');
        return true;
      }),
      "REGISTRY_REFUSED",
    ],
  ])("is refused when %s", async (_, script, code) => {
    await expectError(code, () => announce(script));
  });

  it.each([
    ["412, as Harbor does", 412, ""],
    [
      "400, as ECR does",
      400,
      '{"errors": [{"code": "TAG_INVALID", "message": "The image tag already exists and is immutable."}]}',
    ],
    ["409", 409, ""],
  ])("is success when the tag is immutable and has it: %s", async (_, status, text) => {
    const script = tagging(undefined, (response, tags) => {
      tags.held = ours;
      response.writeHead(status).end(text);
      return true;
    });
    expect((await announce(script)).digest).toBe(digestOf(ours));
  });

  it("is refused under what is no tag, before anything is asked", async () => {
    const store = await storeAt(tagging(undefined));
    await expectError("REFERENCE_INVALID", () => store.announce(ours, mediaType.manifest, "../x"));
    expect(registry.seen).toEqual([]);
  });
});

describe("what is resolved", () => {
  it.each<[string, Parameters<RegistryStore["resolve"]>[0], string | undefined]>([
    ["a tag", { tag: "1.0.0-jetson" }, undefined],
    ["a digest", { digest: digestOf(ours) }, undefined],
    ["both, which agree", { tag: "1.0.0-jetson", digest: digestOf(ours) }, undefined],
    ["both, which do not agree", { tag: "1.0.0-jetson", digest: digestOf(theirs) }, "TAG_MISMATCH"],
    ["another digest than what comes", { digest: digestOf(theirs) }, "CONTENT_ALTERED"],
    ["nothing", {}, "NOT_FOUND"],
  ])("by %s", async (_, name, code) => {
    const store = await storeAt(tagging(ours));
    if (code !== undefined) return void (await expectError(code, () => store.resolve(name)));
    expect(await store.resolve(name)).toMatchObject({ digest: digestOf(ours), size: ours.length });
  });

  it("is larger than a manifest may be", async () => {
    const store = await storeAt((_, response) => {
      response.writeHead(200);
      const more = () => void (response.writable && response.write(Buffer.alloc(1024 * 1024, "x"), more));
      more();
    });
    await expectError("REGISTRY_CONFUSED", () => store.resolve({ tag: "1.0.0-jetson" }));
  });
});

describe("tags", () => {
  it("are read over all pages, and what is no tag is left out", async () => {
    const store = await storeAt((request, response) => {
      const second = request.url?.includes("last=b");
      if (!second) response.setHeader("link", '</v2/a/b/tags/list?n=2&last=b>; rel="next"');
      response.end(JSON.stringify({ tags: second ? ["c", "-no-tag", "a"] : ["a", "b"] }));
    });
    expect(await store.tags()).toEqual(["a", "b", "c"]);
  });

  it.each<[string, string, Script]>([
    [
      "without end",
      "REGISTRY_CONFUSED",
      (_, response) => void response.setHeader("link", '</x>; rel="next"').end('{"tags":[]}'),
    ],
    ["in another form", "REGISTRY_CONFUSED", (_, response) => void response.end('{"tags": {"a": 1}}')],
    ["as a page for people", "REGISTRY_CONFUSED", (_, response) => void response.end("<html>")],
  ])("that are listed %s are refused", async (_, code, script) => {
    const store = await storeAt(script);
    await expectError(code, () => store.tags());
  });

  it("of a repository that is not there are none", async () => {
    const store = await storeAt((_, response) => void response.writeHead(404).end());
    expect(await store.tags()).toEqual([]);
  });
});
