import { createHash, randomBytes } from "node:crypto";
import { lstat, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { identityOf } from "../../../content/index.ts";
import { TransferPool } from "../transfer/index.ts";
import { exchangeThrough } from "./exchange.ts";

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
    try {
      for await (const chunk of request) {
        hash.update(chunk);
        if (slowness > 0) await sleep(slowness);
      }
    } catch {
      return;
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

async function send(transfers: TransferPool | undefined, size: number, count = 1) {
  const path = root.at("file");
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  const identity = identityOf(await lstat(path, { bigint: true }));
  const positions: number[] = [];
  const body = { part: { path, identity, from: 0, to: size }, onPosition: (at: number) => positions.push(at) };
  await using agent = { agent: new Agent(), [Symbol.asyncDispose]: async () => agent.agent.close() };
  const exchange = exchangeThrough({ dispatcher: async () => agent.agent, transfers });
  for (let time = 0; time < count; time += 1) {
    const answer = await exchange({ method: "PUT", url: new URL(`http://127.0.0.1:${port()}/`), body }, signal);
    await answer.drop();
  }
  return { digest: createHash("sha256").update(bytes).digest("hex"), positions };
}

describe.each<[string, TransferPool | undefined]>([
  ["in a thread", new TransferPool({ threads: 1 })],
  ["through a dispatcher", undefined],
])("a file as a body %s", (_name, transfers) => {
  it.each([1, 1000, 256 * 1024, 256 * 1024 + 1, 5_000_000])("of %i bytes arrives as it is", async (size) => {
    const { digest, positions } = await send(transfers, size);
    expect(received).toEqual([digest]);
    expect(positions.at(-1)).toBe(size);
  });

  it("arrives as it is however slowly it is read, although pieces share their memory", {
    timeout: 20_000,
  }, async () => {
    slowness = 2;
    const { digest } = await send(transfers, 20_000_000);
    expect(received).toEqual([digest]);
  });

  it("can be sent again", async () => {
    const { digest } = await send(transfers, 1_000_000, 3);
    expect(received).toEqual([digest, digest, digest]);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["became shorter", (path) => writeFile(path, "short")],
    ["was written to", (path) => writeFile(path, randomBytes(1_000_000))],
    ["became a link", (path) => rm(path).then(() => symlink("/dev/zero", path))],
    ["is gone", (path) => rm(path)],
  ])("is not finished when the file %s", async (_, change) => {
    const path = root.at("changing");
    await writeFile(path, randomBytes(1_000_000));
    const identity = identityOf(await lstat(path, { bigint: true }));
    await sleep(20);
    await change(path);
    const body = { part: { path, identity, from: 0, to: 1_000_000 }, onPosition: () => {} };
    await using agent = { agent: new Agent(), [Symbol.asyncDispose]: async () => agent.agent.close() };
    const exchange = exchangeThrough({ dispatcher: async () => agent.agent, transfers });
    const sent = exchange({ method: "PUT", url: new URL(`http://127.0.0.1:${port()}/`), body }, signal);
    await expect(sent).rejects.toMatchObject({ name: "ContentError" });
    expect(received).toEqual([]);
  });
});

function port(): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
