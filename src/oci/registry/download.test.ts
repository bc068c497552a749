import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { digestOf } from "../digest.ts";
import { BlobRequests } from "./blob-requests.ts";
import { Download } from "./download.ts";
import { type Script, type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";

const content = randomBytes(3_000_000);
const blob = { mediaType: "application/octet-stream", digest: digestOf(content), size: content.length };
let root: Temporary;
let registry: ScriptedRegistry;

beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

async function pull(script: Script) {
  registry = await scriptedRegistry(script);
  const reported: number[] = [];
  const target = root.at("target");
  await new Download(new BlobRequests(registry.client, "a/b")).pull(blob, target, 0o640, (bytes) =>
    reported.push(bytes),
  );
  expect(await readFile(target)).toEqual(content);
  expect(reported.reduce((sum, bytes) => sum + bytes, 0)).toBe(content.length);
  return registry.seen;
}

/** Answers as a server that knows ranges. */
function serve(response: ServerResponse, range: string | undefined, bytes: Buffer = content): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  if (from === 0) response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  else {
    const headers = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(206, { ...headers, "content-length": bytes.length - from }).end(bytes.subarray(from));
  }
}

/** Sends so many bytes, and then cuts the connection. */
function cut(response: ServerResponse, bytes: Buffer, length: number, headers: Record<string, string> = {}): void {
  const status = headers["content-range"] === undefined ? 200 : 206;
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.write(bytes.subarray(0, length), () => setTimeout(() => response.destroy(), 20));
}

describe("a blob", () => {
  it("is written with its mode, in one request", async () => {
    const seen = await pull((request, response) => serve(response, request.headers.range));
    expect(seen.map(({ line }) => line)).toEqual([`GET /v2/a/b/blobs/${blob.digest}`]);
    expect((await stat(root.at("target"))).mode & 0o777).toBe(0o640);
  });

  it("is taken up where the connection broke, again and again", async () => {
    const seen = await pull((request, response, count) => {
      const from = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
      if (count > 8) return serve(response, request.headers.range);
      const rest = content.subarray(from);
      const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
      return cut(response, rest, 200_000, from === 0 ? {} : range);
    });
    expect(seen.length).toBe(9);
    const starts = seen.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeGreaterThan(1_000_000);
  });

  it("is whole although the server knows no ranges", async () => {
    await pull((_, response, count) => {
      if (count === 1) return cut(response, content, 1_500_000);
      return void response.writeHead(200, { "content-length": content.length }).end(content);
    });
  });

  it.each([
    ["503, and says when to come again", { status: 503, headers: { "retry-after": "0" } }],
    ["429", { status: 429, headers: {} }],
    ["500", { status: 500, headers: {} }],
  ])("comes after %s", async (_, { status, headers }) => {
    const seen = await pull((request, response, count) => {
      if (count < 3) return void response.writeHead(status, headers).end("later");
      return serve(response, request.headers.range);
    });
    expect(seen).toHaveLength(3);
  });

  const answers: readonly (readonly [string, string, Script])[] = [
    ["has another byte", "CONTENT_ALTERED", (_, response) => serve(response, undefined, flipped(content))],
    ["is cut short at the end", "CONTENT_ALTERED", (_, response) => serve(response, undefined, content.subarray(1))],
    [
      "is longer than it should be",
      "CONTENT_ALTERED",
      (_, response) => serve(response, undefined, Buffer.concat([content, content])),
    ],
    ["is not there", "NOT_FOUND", (_, response) => void response.writeHead(404).end()],
    ["may not be read", "REGISTRY_DENIED", (_, response) => void response.writeHead(403).end()],
    ["fails for ever", "REGISTRY_FAILED", (_, response) => void response.writeHead(502).end("<html>")],
    ["never comes", "REGISTRY_UNREACHABLE", (_, response) => void response.destroy()],
    [
      "goes on with another part",
      "REGISTRY_CONFUSED",
      (_, response, count) => {
        if (count === 1) return cut(response, content, 1_500_000);
        const headers = { "content-range": `bytes 5-${content.length - 1}/${content.length}` };
        return void response.writeHead(206, headers).end(content.subarray(5));
      },
    ],
    [
      "redirects for ever",
      "REGISTRY_CONFUSED",
      (request, response) => void response.writeHead(307, { location: `${request.url}x` }).end(),
    ],
  ];
  it.each(answers)("that %s is refused with %s, and leaves no file", async (_, code, script) => {
    await expectError(code, () => pull(script));
    expect(await readdir(root.at("."))).toEqual([]);
  });

  it("is fetched from where the registry leads, without its credentials", async () => {
    await using elsewhere = await scriptedRegistry((request, response) => serve(response, request.headers.range));
    registry = await scriptedRegistry(
      (request, response) => {
        if (request.headers.authorization === undefined) {
          return void response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
        }
        return void response.writeHead(307, { location: `${elsewhere.url}/signed?x=1` }).end();
      },
      { credentials: { kind: "password", username: "erin", password: "very-secret" } },
    );
    await new Download(new BlobRequests(registry.client, "a/b")).pull(blob, root.at("target"), 0o600, () => {});
    expect(registry.seen.map(({ authorization }) => authorization?.split(" ")[0])).toEqual([undefined, "Basic"]);
    expect(elsewhere.seen).toEqual([{ line: "GET /signed?x=1", authorization: undefined, range: undefined }]);
  });
});

describe("a small blob", () => {
  const small = content.subarray(0, 1000);
  const descriptor = { mediaType: "text/plain", digest: digestOf(small), size: 1000 };
  const fetched = async (script: Script, limit = 2000) => {
    registry = await scriptedRegistry(script);
    return new BlobRequests(registry.client, "a/b").fetch(descriptor, limit);
  };

  it("comes whole", async () => {
    expect(Buffer.from(await fetched((_, response) => void response.end(small)))).toEqual(small);
  });

  it.each<[string, Script]>([
    ["short", (_, response) => void response.end(small.subarray(1))],
    ["long", (_, response) => void response.end(Buffer.concat([small, small]))],
    ["endless", (_, response) => void Array.from({ length: 200 }, () => response.write(content.subarray(0, 10_000)))],
    ["altered", (_, response) => void response.end(flipped(small))],
  ])("that is %s is refused", async (_, script) => {
    await expectError("(CONTENT_ALTERED|REGISTRY_CONFUSED)", () => fetched(script));
  });

  it("that is larger than it may be is not asked for", async () => {
    await expectError("CONTENT_ALTERED", () => fetched((_, response) => void response.end(small), 999));
    expect(registry.seen).toEqual([]);
  });
});

it.each([
  [{ "content-length": "42" }, 42],
  [{}, 42],
])("the size of a blob is known from %j", async (headers, expected) => {
  registry = await scriptedRegistry((request, response) => {
    if (request.method === "HEAD") {
      response.writeHead(200, headers);
      if (Object.keys(headers).length === 0) response.useChunkedEncodingByDefault = false;
      return void response.end();
    }
    return void response.writeHead(206, { "content-range": "bytes 0-0/42" }).end("x");
  });
  expect(await new BlobRequests(registry.client, "a/b").sizeOf(blob.digest)).toBe(expected);
});

function flipped(bytes: Uint8Array): Buffer {
  const other = Buffer.from(bytes);
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  return other;
}
