import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import type { FilePart, TransferTask } from "./messages.ts";
import { TransferPool } from "./transfer-pool.ts";

const started = vi.hoisted((): Worker[] => []);

/** Threads as they are, which a test can end. */
vi.mock("node:worker_threads", async (original) => {
  const real = await original<typeof import("node:worker_threads")>();
  class Watched extends real.Worker {
    constructor(...options: ConstructorParameters<typeof real.Worker>) {
      super(...options);
      started.push(this);
    }
  }
  return { ...real, Worker: Watched };
});

const { signal } = new AbortController();
let root: Temporary;
let server: Server;

beforeEach(async () => {
  started.length = 0;
  root = await temporaryDirectory();
  server = createServer((request, response) => {
    if (request.url === "/still") response.flushHeaders();
    else response.writeHead(200, { "content-length": 3 }).end("abc");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(async () => {
  for (const worker of started) await worker.terminate();
  server.closeAllConnections();
  server.close();
  await root[Symbol.asyncDispose]();
});

async function task(path: string, hashed = true): Promise<TransferTask> {
  await writeFile(root.at("target"), "");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}${path}`;
  const request = { method: "GET", url, headers: {}, patience: 5000, silence: 60_000 };
  const target = { path: root.at("target"), from: 0, until: 3, size: 3, hashed, exactly: false };
  return { kind: "receive", request, target };
}

it("A thread that ends takes its transfers with it, and the next has a new thread", { timeout: 20_000 }, async () => {
  const pool = new TransferPool({ threads: 1 });
  const lost = [pool.run(await task("/still"), () => {}, signal), pool.run(await task("/still"), () => {}, signal)];
  const ends = Promise.allSettled(lost);
  await started[0]?.terminate();
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await pool.run(await task("/blob"), () => {}, signal)).toMatchObject({ received: { bytes: 3 } });
  expect(started).toHaveLength(2);
});

it("What nobody foresaw ends its own transfer, and not the thread", { timeout: 20_000 }, async () => {
  const pool = new TransferPool({ threads: 1 });
  const request = { method: "PUT", url: "no address", headers: {}, patience: 1, silence: 1000 };
  const path = root.at("source");
  await writeFile(path, "abc");
  const part: FilePart = JSON.parse(JSON.stringify({ path, from: 0, to: 3 }));
  await expect(pool.run({ kind: "send", request, part }, () => {}, signal)).rejects.toThrow("undefined");
  expect(await pool.run(await task("/blob"), () => {}, signal)).toMatchObject({ received: { bytes: 3 } });
  expect(started).toHaveLength(1);
});

it("Parts of a file go to whichever thread has least to do, its hash to the one that has it", {
  timeout: 20_000,
}, async () => {
  const pool = new TransferPool({ threads: 2 });
  const abort = new AbortController();
  const still = [true, false, false].map(async (hashed) =>
    pool.run(await task("/still", hashed), () => {}, abort.signal),
  );
  const ends = Promise.allSettled(still);
  await vi.waitFor(() => expect(started).toHaveLength(2));
  abort.abort(new Error("enough"));
  await ends;
});

it("does nothing for a signal that is aborted already", async () => {
  const pool = new TransferPool({ threads: 1 });
  await expect(pool.run(await task("/blob"), () => {}, AbortSignal.abort(new Error("enough")))).rejects.toThrow(
    "enough",
  );
  expect(started).toEqual([]);
});
