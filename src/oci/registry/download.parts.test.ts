import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { digestOf } from "../digest.ts";
import { BlobRequests } from "./blob-requests.ts";
import { Download, type Parting } from "./download.ts";
import { type Script, type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";

const MiB = 1024 ** 2;
const content = randomBytes(40 * MiB);
const size = content.length;
const blob = { mediaType: "application/octet-stream", digest: digestOf(content), size };
const parting: Parting = { lanes: 4, first: 8 * MiB, worthwhile: 10 * MiB, smallest: 2 * MiB, largest: 8 * MiB };
/** What one connection gets in a millisecond. */
const speed = 100_000;
let root: Temporary;
let registry: ScriptedRegistry;

beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

interface Asked {
  readonly from: number;
  readonly until: number;
  readonly ranged: boolean;
  /** Whether a part is asked for, and not what is left. */
  readonly part: boolean;
}

function asked(range: string | undefined): Asked {
  const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const until = last ? Number(last) + 1 : size;
  return { from: Number(from ?? 0), until, ranged: from !== undefined, part: Boolean(last) && until < size };
}

/** An answer that waits for another one's end has no socket yet, and would not destroy it. */
function cutOff({ req: { socket } }: ServerResponse): void {
  socket.destroy();
}

/** Answers as a server does that gives each connection only so much. @param cut bytes after which it cuts it */
async function serve(response: ServerResponse, { from, until, ranged }: Asked, cut = size): Promise<void> {
  const headers = { "content-length": until - from };
  if (ranged) response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${until - 1}/${size}` });
  else response.writeHead(200, headers);
  for (let at = from; at < until; at += speed * 10) {
    if (at - from >= cut) return cutOff(response);
    const more = response.write(content.subarray(at, Math.min(until, at + speed * 10)));
    await Promise.all([sleep(10), more || once(response, "drain").catch(() => {})]);
    if (response.destroyed) return;
  }
  response.end();
}

async function pull(script: Script, own: Partial<Parting> = {}, options: Parameters<typeof scriptedRegistry>[1] = {}) {
  registry = await scriptedRegistry(script, options);
  let reported = 0;
  const target = root.at("target");
  const download = new Download(new BlobRequests(registry.client, "a/b"), { ...parting, ...own });
  await download.pull(blob, target, 0o640, (bytes) => {
    reported += bytes;
  });
  const written = createHash("sha256").update(await readFile(target));
  expect(`sha256:${written.digest("hex")}`).toBe(blob.digest);
  expect(reported).toBe(size);
  return registry.seen.map(({ range }) => asked(range));
}

describe("a large blob", { timeout: 20_000 }, () => {
  it("comes over several connections, after one that began it", async () => {
    let [now, most] = [0, 0];
    const requests = await pull(async (request, response) => {
      now += 1;
      most = Math.max(most, now);
      response.on("close", () => {
        now -= 1;
      });
      await serve(response, asked(request.headers.range));
    });
    expect(requests[0]).toMatchObject({ from: 0, until: size, ranged: false });
    expect(requests[1]).toMatchObject({ from: size - 1, until: size });
    const parts = requests.slice(2).toSorted((a, b) => a.from - b.from);
    expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ until }) => until));
    expect(parts.at(-1)?.until).toBe(size);
    // A server hears of the end of a connection after its client.
    expect(most).toBeGreaterThanOrEqual(4);
  });

  it("comes in one stream while as many others come", async () => {
    registry = await scriptedRegistry((request, response) => serve(response, asked(request.headers.range)));
    const download = new Download(new BlobRequests(registry.client, "a/b"), { ...parting, lanes: 2 });
    await Promise.all(["a", "b"].map((name) => download.pull(blob, root.at(name), 0o600, () => {})));
    expect(registry.seen.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["knows no ranges", (response) => void serve(response, asked(undefined))],
    [
      "sends another part",
      (response) =>
        void response.writeHead(206, { "content-range": `bytes 0-0/${size}`, "content-length": 1 }).end("x"),
    ],
  ])("comes in one stream from a server that %s, which is asked once", async (_, answer) => {
    registry = await scriptedRegistry((request, response) => {
      if (request.headers.range === undefined) return serve(response, asked(undefined));
      return answer(response);
    });
    const download = new Download(new BlobRequests(registry.client, "a/b"), parting);
    for (const name of ["a", "b"]) await download.pull(blob, root.at(name), 0o600, () => {});
    expect(registry.seen.map(({ range }) => range)).toEqual([undefined, `bytes=${size - 1}-${size - 1}`, undefined]);
  });

  it("is whole although the server forgets about ranges in the middle", async () => {
    let parts = 0;
    const requests = await pull(async (request, response) => {
      const what = asked(request.headers.range);
      parts += what.part ? 1 : 0;
      await serve(response, parts > 5 ? asked(undefined) : what);
    });
    expect(requests.at(-1)?.part).toBe(false);
  });

  it("is whole although parts are sent in chunks", async () => {
    await pull(async (request, response) => {
      const what = asked(request.headers.range);
      if (!what.part) return serve(response, what);
      response.writeHead(206, { "content-range": `bytes ${what.from}-${what.until - 1}/${size}` });
      response.end(content.subarray(what.from, what.until));
    });
  });

  it("is taken up where its parts broke, and after what passes", async () => {
    const requests = await pull(
      async (request, response, count) => {
        const what = asked(request.headers.range);
        if (count > 2 && count % 5 === 0) return void response.writeHead(503, { "retry-after": "0" }).end();
        if (count > 2 && count % 3 === 0) return cutOff(response);
        await serve(response, what, count % 2 === 0 ? MiB : size);
      },
      {},
      // Which part meets which failure is left to chance, and one may meet many.
      { persistence: { retries: 30, pause: 1, longestPause: 20 } },
    );
    expect(requests.length).toBeGreaterThan(10);
  });

  it("is fetched from where each request is led, with a token that may run out", async () => {
    let [signed, tokens, uses, clock] = [0, 0, 0, Date.now()];
    const used = new Map<string, number>();
    await using elsewhere = await scriptedRegistry((request, response) => {
      const url = request.url ?? "";
      used.set(url, (used.get(url) ?? 0) + 1);
      return serve(response, asked(request.headers.range), 3 * MiB + signed);
    });
    await pull(
      (request, response) => {
        if (request.url?.startsWith("/token")) {
          tokens += 1;
          return void response.end(JSON.stringify({ token: `t${tokens}` }));
        }
        uses += 1;
        const { authorization } = request.headers;
        if (authorization === undefined || (uses > 8 && authorization === "Bearer t1")) {
          const challenge = `Bearer realm="http://${request.headers.host}/token",service="s"`;
          return void response.writeHead(401, { "www-authenticate": challenge }).end();
        }
        signed += 1;
        return void response.writeHead(307, { location: `${elsewhere.url}/signed?x=${signed}` }).end();
      },
      { first: 2 * MiB },
      // A token that is refused while it is new would not be replaced.
      { credentials: { kind: "password", username: "erin", password: "very-secret" }, now: () => (clock += 4000) },
    );
    expect(tokens).toBeGreaterThan(1);
    expect([...used.values()].every((times) => times === 1)).toBe(true);
    expect(elsewhere.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it.each<[string, string, (response: ServerResponse, what: Asked) => void]>([
    ["fails for good", "REGISTRY_FAILED", (response) => void response.writeHead(500).end()],
    ["is not there any more", "NOT_FOUND", (response) => void response.writeHead(404).end()],
    [
      "has other bytes",
      "CONTENT_ALTERED",
      (response, { from, until }) => {
        response.writeHead(206, {
          "content-range": `bytes ${from}-${until - 1}/${size}`,
          "content-length": until - from,
        });
        response.end(Buffer.alloc(until - from));
      },
    ],
  ])("one part of which %s is refused with %s, and leaves no file", async (_, code, answer) => {
    await expectError(code, () =>
      pull((request, response) => {
        const what = asked(request.headers.range);
        if (what.part && what.from > 20 * MiB) return answer(response, what);
        return serve(response, what);
      }),
    );
    expect(await readdir(root.at("."))).toEqual([]);
  });

  it("leaves no file and no request when it is aborted", async () => {
    const abort = new AbortController();
    const open = new Set<ServerResponse>();
    const pulling = pull(
      async (request, response, count) => {
        open.add(response);
        response.on("close", () => open.delete(response));
        if (count === 6) abort.abort(new Error("enough"));
        await serve(response, asked(request.headers.range));
      },
      {},
      { signal: abort.signal },
    );
    await expect(pulling).rejects.toThrow("enough");
    expect(await readdir(root.at("."))).toEqual([]);
    await expect.poll(() => open.size).toBe(0);
    const count = registry.seen.length;
    await sleep(100);
    expect(registry.seen.length).toBe(count);
  });
});
