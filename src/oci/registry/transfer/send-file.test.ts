import { randomBytes } from "node:crypto";
import { lstat, readdir, readlink, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { identityOf } from "../../../content/index.ts";
import { TransferPool } from "./transfer-pool.ts";

const content = randomBytes(5_000_000);
const size = content.length;
const pool = new TransferPool({ threads: 1 });
let root: Temporary;
let server: Server;
let sockets: Set<Socket>;

beforeEach(async () => {
  root = await temporaryDirectory();
  await writeFile(root.at("source"), content);
  sockets = new Set();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await root[Symbol.asyncDispose]();
});

/** Serves what a script does with each connection, which is told what came so far whenever more has come. */
async function serve(script: (socket: Socket, received: Buffer) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (data) => {
      received = Buffer.concat([received, Buffer.from(data)]);
      script(socket, received);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}

interface Order {
  readonly headers?: Record<string, string>;
  readonly silence?: number;
  readonly patience?: number;
  readonly from?: number;
  readonly to?: number;
}

async function send(
  { headers = {}, silence = 5000, patience = 5000, from = 0, to = size }: Order = {},
  signal = new AbortController().signal,
) {
  const path = root.at("source");
  const identity = identityOf(await lstat(path, { bigint: true }));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const request = { method: "PATCH", url: `http://127.0.0.1:${port}/upload`, headers, patience, silence };
  const outcome = await pool.run({ kind: "send", request, part: { path, identity, from, to } }, () => {}, signal);
  expect(await openFiles()).toEqual([]);
  return outcome;
}

async function openFiles(): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd");
  const files = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return files.filter((file) => file.startsWith(root.path));
}

/** What came behind the head; undefined while the head has not come. */
function bodyOf(received: Buffer): Buffer | undefined {
  const end = received.indexOf("\r\n\r\n");
  return end < 0 ? undefined : received.subarray(end + 4);
}

const accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nLocation: /next\r\n\r\n";

describe("a file that is sent", () => {
  it.each([
    [0, size],
    [1, 2],
    [1000, 1000 + 256 * 1024],
    [size - 1, size],
  ])("arrives from byte %i up to %i as it is", async (from, to) => {
    let body: Buffer | undefined;
    await serve((socket, received) => {
      body = bodyOf(received);
      if (body?.length === to - from) socket.write(accepted);
    });
    expect(await send({ from, to })).toMatchObject({ answer: { status: 202, headers: { location: "/next" } } });
    expect(body?.equals(content.subarray(from, to))).toBe(true);
  });

  it("is answered after what is only information", async () => {
    await serve((socket, received) => {
      const sent = bodyOf(received)?.length ?? 0;
      if (sent === 0) socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
      if (sent === 100_000) socket.write(accepted);
    });
    expect(await send({ to: 100_000 })).toMatchObject({ answer: { status: 202 } });
  });

  it.each([0, 1, 300_000])(
    "is refused before all of it was sent, after %i bytes, and what the refusal says is seen",
    async (after) => {
      let answered = false;
      await serve((socket, received) => {
        if (answered || (bodyOf(received)?.length ?? -1) < after) return;
        answered = true;
        socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large");
      });
      const { answer, failure } = await send();
      expect(failure).toBeUndefined();
      expect([answer?.status, Buffer.from(answer?.body ?? []).toString()]).toEqual([413, "too large"]);
    },
  );

  it.each([0, 1, 300_000, size])("fails when the connection is cut after %i bytes", async (after) => {
    await serve((socket, received) => {
      if ((bodyOf(received)?.length ?? -1) >= after) socket.destroy();
    });
    expect(await send()).toMatchObject({ failure: { kind: "broken" } });
  });

  it("fails when nothing can be sent any more", async () => {
    await serve((socket) => socket.pause());
    await writeFile(root.at("source"), Buffer.alloc(30_000_000));
    expect(await send({ silence: 200, to: 30_000_000 })).toMatchObject({
      failure: { kind: "broken", code: "STALLED" },
    });
  });

  it("fails when no answer comes in time", async () => {
    await serve(() => {});
    expect(await send({ patience: 50 })).toMatchObject({
      failure: { kind: "broken", code: "UNANSWERED" },
    });
  });

  it("is not sent on when it is aborted, and nothing stays open", async () => {
    const abort = new AbortController();
    await serve((socket) => {
      if (abort.signal.aborted) return;
      socket.pause();
      setTimeout(() => abort.abort(new Error("enough")), 20);
    });
    await expect(send({}, abort.signal)).rejects.toThrow("enough");
    expect(await openFiles()).toEqual([]);
    for (const socket of sockets) socket.resume();
    await expect.poll(() => sockets.size).toBe(0);
  });

  it("is not sent with a header that would be two", async () => {
    let asked = 0;
    await serve(() => {
      asked += 1;
    });
    expect(await send({ headers: { authorization: "a\r\nx-injected: b" } })).toEqual({ failure: { kind: "unfit" } });
    expect(await openFiles()).toEqual([]);
    expect(asked).toBe(0);
  });
});
