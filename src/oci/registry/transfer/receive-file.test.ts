import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, readlink, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import type { FileTarget, TransferTask } from "./messages.ts";
import { TransferPool } from "./transfer-pool.ts";

const content = randomBytes(700_000);
const size = content.length;
const sha256 = sha256Of(content);
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`;
const pool = new TransferPool({ threads: 1 });
let root: Temporary;
let server: Server;
let sockets: Set<Socket>;
let requests: string[];

beforeEach(async () => {
  root = await temporaryDirectory();
  await writeFile(root.at("target"), "");
  sockets = new Set();
  requests = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server?.close();
  await root[Symbol.asyncDispose]();
});

/** Serves what a script writes to each connection on which a request came. */
async function serve(script: (socket: Socket, path: string) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (data) => {
      requests.push(String(data));
      script(socket, String(data).split(" ")[1] ?? "");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}

interface Order extends Partial<FileTarget> {
  readonly headers?: Record<string, string>;
  readonly silence?: number;
  readonly to?: string;
}

function task({ headers = {}, silence = 5000, to = "/blob", ...target }: Order = {}): TransferTask {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const request = { method: "GET", url: `http://127.0.0.1:${port}${to}`, headers, patience: 5000, silence };
  const usual = { path: root.at("target"), from: 0, until: size, size, hashed: true, exactly: false };
  return { kind: "receive", request, target: { ...usual, ...target } };
}

async function receive(order: Order = {}, signal = new AbortController().signal, stop?: AbortSignal) {
  let reported = 0;
  const onBytes = (bytes: number): void => {
    reported += bytes;
  };
  const outcome = await pool.run(task(order), onBytes, signal, stop);
  expect(await openFiles()).toEqual([]);
  return { answer: undefined, failure: undefined, ...outcome, reported };
}

/** Files of the test that this process has open. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd");
  const files = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return files.filter((file) => file.startsWith(root.path));
}

describe("a body", () => {
  it.each([1, 7, head.length - 1, head.length, head.length + 1, 65_536])(
    "that comes split after %i bytes is written and hashed",
    async (at) => {
      const bytes = Buffer.concat([Buffer.from(head), content]);
      await serve((socket) => {
        socket.setNoDelay(true);
        socket.write(bytes.subarray(0, at), () => setTimeout(() => socket.end(bytes.subarray(at)), 10));
      });
      const outcome = await receive();
      expect(outcome).toMatchObject({ received: { bytes: size, sha256 }, reported: size, failure: undefined });
      expect((await readFile(root.at("target"))).equals(content)).toBe(true);
    },
  );

  it.each([head.length, head.length + 1, head.length + 300_000, head.length + size - 1])(
    "that is cut after %i bytes is kept so far, and taken up from there without reading it again",
    async (at) => {
      const bytes = Buffer.concat([Buffer.from(head), content]);
      await serve((socket) => socket.end(bytes.subarray(0, at)));
      const first = await receive();
      const landed = at - head.length;
      expect(first).toMatchObject({ failure: { kind: "broken" }, received: { bytes: landed, sha256: undefined } });
      server.close();
      await serve((socket) => {
        socket.write(`HTTP/1.1 206 x\r\nContent-Length: ${size - landed}\r\n`);
        socket.end(
          Buffer.concat([
            Buffer.from(`Content-Range: bytes ${landed}-${size - 1}/${size}\r\n\r\n`),
            content.subarray(landed),
          ]),
        );
      });
      expect(await receive({ from: landed })).toMatchObject({ received: { bytes: size - landed, sha256 } });
    },
  );

  it.each([0, 1, 20, head.length - 1])("whose head is cut after %i bytes brings nothing", async (at) => {
    await serve((socket) => socket.end(head.slice(0, at)));
    expect(await receive()).toMatchObject({ failure: { kind: "broken" }, received: { bytes: 0 }, answer: undefined });
  });

  it("is hashed with what another way wrote before it", async () => {
    await writeFile(root.at("target"), content.subarray(0, 500_000));
    await serve((socket) => socket.end(Buffer.concat([Buffer.from(head), content])));
    expect(await receive({ from: 500_000 })).toMatchObject({ received: { bytes: size - 500_000, sha256 } });
  });

  it("is not taken for hashed when the file is shorter than what should be there", async () => {
    await serve((socket) => socket.end(Buffer.concat([Buffer.from(head), content])));
    expect(await receive({ from: 500_000 })).toMatchObject({ failure: { kind: "target", why: "unwritable" } });
    expect(requests).toEqual([]);
  });

  it("of a part is written where it belongs, and what is behind it is not read", async () => {
    await truncate(root.at("target"), size);
    await serve((socket) => socket.write(Buffer.concat([Buffer.from(head), content])));
    const outcome = await receive({ from: 1000, until: 2000, hashed: false });
    expect(outcome).toMatchObject({ received: { bytes: 1000, sha256: undefined }, reported: 1000 });
    const expected = Buffer.alloc(size);
    content.copy(expected, 1000, 1000, 2000);
    expect((await readFile(root.at("target"))).equals(expected)).toBe(true);
  });

  it("that is longer than it was told is read as far as that", async () => {
    await serve((socket) => socket.end(Buffer.concat([Buffer.from(head), content, content])));
    expect(await receive()).toMatchObject({ received: { bytes: size, sha256 } });
    expect((await readFile(root.at("target"))).length).toBe(size);
  });

  it("that comes slowly is waited for, as long as something moves", async () => {
    await serve(async (socket) => {
      socket.write(head);
      for (let at = 0; at < size; at += 100_000) {
        await sleep(60);
        socket.write(content.subarray(at, at + 100_000));
      }
    });
    expect(await receive({ silence: 200 })).toMatchObject({ received: { bytes: size, sha256 } });
  });

  it.each([0, 10, head.length, head.length + 1000])("is given up when nothing comes after %i bytes", async (at) => {
    await serve((socket) => socket.write(Buffer.concat([Buffer.from(head), content]).subarray(0, at)));
    const outcome = await receive({ silence: 100 });
    expect(outcome).toMatchObject({ failure: { kind: "broken", code: "STALLED" } });
    expect(outcome.received?.bytes).toBe(Math.max(0, at - head.length));
    await expect.poll(() => sockets.size).toBe(0);
  });
});

describe("an answer", () => {
  it.each<[string, string]>([
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
    ["that is malformed", "HTTP/1.1 200 OK\nContent-Length: 3\n\r\n\r\nabc"],
    ["of another length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"],
    ["of another part", `HTTP/1.1 206 OK\r\nContent-Length: 3\r\nContent-Range: bytes 1-3/${size}\r\n\r\nabc`],
    ["that goes on", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["that refuses", "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"],
    ["that is too long a head", `HTTP/1.1 200 OK\r\nA: ${"x".repeat(70_000)}`],
  ])("%s is to be asked for in another way, and nothing is written", async (_, answer) => {
    await serve((socket) => socket.write(answer));
    expect(await receive()).toMatchObject({ failure: { kind: "unfit" }, received: { bytes: 0 } });
    expect((await readFile(root.at("target"))).length).toBe(0);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it("of the whole to who wants exactly a part is not read", async () => {
    await serve((socket) => socket.write(Buffer.concat([Buffer.from(head), content])));
    const outcome = await receive({ from: 10, until: 20, exactly: true, hashed: false });
    expect(outcome).toMatchObject({ answer: { status: 200 }, received: { bytes: 0 }, failure: undefined });
  });

  it.each([307, 401])("%i is its head", async (status) => {
    await serve((socket) => socket.write(`HTTP/1.1 ${status} x\r\nLocation: /elsewhere\r\nContent-Length: 99\r\n\r\n`));
    expect(await receive()).toMatchObject({ answer: { status, headers: { location: "/elsewhere" } } });
  });
});

describe("a request", () => {
  it("has the headers that it was given, and asks for the bytes as they are", async () => {
    await serve((socket) => socket.end(Buffer.concat([Buffer.from(head), content])));
    await receive({ headers: { authorization: "Bearer t" } });
    expect(requests[0]).toMatch(/^GET \/blob HTTP\/1\.1\r\n.*authorization: Bearer t\r\n/s);
    expect(requests[0]).toContain("accept-encoding: identity\r\n");
  });

  it.each(["a\r\nx-injected: b", "a\nb", "a\0b"])("with a header %j is not sent", async (value) => {
    await serve((socket) => socket.end(head));
    expect(await receive({ headers: { authorization: value } })).toMatchObject({ failure: { kind: "unfit" } });
    expect([requests, sockets.size]).toEqual([[], 0]);
  });
});

describe("a target", () => {
  beforeEach(() => serve((socket) => socket.end(Buffer.concat([Buffer.from(head), content]))));

  it("on a disk that is full is told from one that cannot be written", async () => {
    expect(await receive({ path: "/dev/full" })).toMatchObject({ failure: { kind: "target", why: "no-space" } });
    expect(await receive({ path: root.at("none") })).toMatchObject({ failure: { kind: "target", why: "unwritable" } });
    await expect.poll(() => sockets.size).toBe(0);
  });

  it("that became a link is not written through", async () => {
    await symlink(root.at("target"), root.at("link"));
    expect(await receive({ path: root.at("link") })).toMatchObject({ failure: { kind: "target" } });
    expect((await readFile(root.at("target"))).length).toBe(0);
  });
});

describe("a transfer", () => {
  it("that is aborted leaves no connection and no open file, and rejects", async () => {
    const abort = new AbortController();
    await serve((socket) => {
      socket.write(head);
      socket.write(content.subarray(0, 1000), () => setTimeout(() => abort.abort(new Error("enough")), 20));
    });
    await expect(receive({}, abort.signal)).rejects.toThrow("enough");
    expect(await openFiles()).toEqual([]);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it("that is stopped keeps what came, and can be taken up", async () => {
    const stop = new AbortController();
    await serve((socket) => {
      socket.write(head);
      socket.write(content.subarray(0, 1000), () => setTimeout(() => stop.abort(), 50));
    });
    const outcome = await receive({}, undefined, stop.signal);
    expect(outcome).toMatchObject({ failure: { kind: "broken" }, received: { bytes: 1000 } });
    expect(await receive({}, undefined, stop.signal)).toMatchObject({
      failure: { kind: "broken" },
      received: { bytes: 0 },
    });
  });

  it("that stands still holds no other in its thread up", async () => {
    await serve((socket, path) => {
      socket.write(head);
      if (path === "/blob") socket.end(content);
    });
    await writeFile(root.at("other"), "");
    const still = pool.run(
      task({ to: "/still", silence: 1500, path: root.at("other") }),
      () => {},
      new AbortController().signal,
    );
    const before = performance.now();
    const address = await pool.run(task(), () => {}, new AbortController().signal);
    expect(address).toMatchObject({ received: { sha256 } });
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await still).toMatchObject({ failure: { code: "STALLED" } });
  });
});

describe("what lies in a file", () => {
  it("is hashed in steps, from where the hash is", async () => {
    const path = root.at("target");
    const hash = (to: number) =>
      pool.run({ kind: "hash", beginning: { path, to, size } }, () => {}, new AbortController().signal);
    await writeFile(path, content.subarray(0, 600_000));
    expect(await hash(600_000)).toEqual({ received: { bytes: 0, sha256: undefined } });
    // What was hashed is not read again.
    await writeFile(path, Buffer.concat([Buffer.alloc(600_000), content.subarray(600_000)]));
    expect(await hash(size)).toEqual({ received: { bytes: 0, sha256 } });
    expect(await hash(size)).not.toEqual({ received: { bytes: 0, sha256 } });
    await truncate(path, 10);
    expect(await hash(size)).toMatchObject({ failure: { kind: "target" } });
    expect(await openFiles()).toEqual([]);
  });
});

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
