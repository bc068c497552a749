import { createHash, randomBytes } from "node:crypto";
import { lstat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { identityOf } from "../../content/index.ts";
import { exchangeThrough } from "./http/exchange.ts";
import { bodyOf } from "./upload.ts";

const { signal } = new AbortController();
let root: Temporary;
let server: Server;
let received: string[];
/** Milliseconds between two readings of the server. */
let slowness: number;

beforeEach(async () => {
  root = await temporaryDirectory();
  received = [];
  slowness = 0;
  server = createServer({ highWaterMark: 16 * 1024 }, async (request, response) => {
    const hash = createHash("sha256");
    for await (const chunk of request) {
      hash.update(chunk);
      if (slowness > 0) await sleep(slowness);
    }
    received.push(hash.digest("hex"));
    response.writeHead(201).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(async () => {
  server.close();
  await root[Symbol.asyncDispose]();
});

async function send(size: number, count = 1) {
  const path = root.at("file");
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  const identity = identityOf(await lstat(path, { bigint: true }));
  const reported: number[] = [];
  const body = bodyOf({ path, identity }, size, (more) => reported.push(more));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await using agent = { agent: new Agent(), [Symbol.asyncDispose]: async () => agent.agent.close() };
  const exchange = exchangeThrough(agent.agent);
  for (let time = 0; time < count; time += 1) {
    const answer = await exchange({ method: "PUT", url: new URL(`http://127.0.0.1:${port}/`), body }, signal);
    await answer.drop();
  }
  return { digest: createHash("sha256").update(bytes).digest("hex"), reported, path };
}

describe("a file as a body", () => {
  it.each([1, 1000, 256 * 1024, 256 * 1024 + 1, 5_000_000])("of %i bytes arrives as it is", async (size) => {
    const { digest } = await send(size);
    expect(received).toEqual([digest]);
  });

  it("arrives as it is however slowly it is read, although pieces share their memory", {
    timeout: 20_000,
  }, async () => {
    slowness = 2;
    const { digest } = await send(20_000_000);
    expect(received).toEqual([digest]);
  });

  it("can be sent again, and is counted once", async () => {
    const { digest, reported } = await send(1_000_000, 3);
    expect(received).toEqual([digest, digest, digest]);
    expect(reported.reduce((sum, more) => sum + more, 0)).toBe(1_000_000);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["became shorter", (path) => writeFile(path, "short")],
    ["was written to", (path) => writeFile(path, randomBytes(1_000_000))],
  ])("is not finished when the file %s", async (_, change) => {
    const path = root.at("changing");
    await writeFile(path, randomBytes(1_000_000));
    const identity = identityOf(await lstat(path, { bigint: true }));
    const body = bodyOf({ path, identity }, 1_000_000, () => {});
    await sleep(20);
    await change(path);
    const read = async () => {
      for await (const _piece of body.open());
    };
    await expect(read()).rejects.toMatchObject({ name: "ContentError", kind: "changed" });
  });
});
