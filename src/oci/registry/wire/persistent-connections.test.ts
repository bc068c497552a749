import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DirectRequest, type HeldAnswer, mostBody, PersistentConnections } from "./index.ts";

let server: Server;
let connections: Socket[];
let requests: string[];
let exchanges: PersistentConnections;

beforeEach(() => {
  connections = [];
  requests = [];
  exchanges = new PersistentConnections({});
});
afterEach(() => {
  exchanges.close();
  for (const socket of connections) socket.destroy();
  server.close();
});

/** Serves what a script does with each request, of which it is told the place among all and on its connection. */
async function serve(script: (socket: Socket, nth: number, onConnection: number) => void): Promise<void> {
  server = createServer((socket) => {
    connections.push(socket);
    let onConnection = 0;
    let came = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      came += data.toString("latin1");
      for (let end = endOf(came); end !== undefined && end <= came.length; end = endOf(came)) {
        requests.push(came.slice(0, end));
        came = came.slice(end);
        onConnection += 1;
        script(socket, requests.length, onConnection);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}

function endOf(came: string): number | undefined {
  const head = came.indexOf("\r\n\r\n");
  return head < 0 ? undefined : head + 4 + Number(/\r\ncontent-length: (\d+)/.exec(came.slice(0, head))?.[1] ?? 0);
}

function ask(
  request: Partial<Omit<DirectRequest, "url">> = {},
  signal = new AbortController().signal,
): Promise<HeldAnswer | undefined> {
  const address = server.address();
  const url = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/v2/?a=b`);
  return exchanges.ask({ method: "GET", url, headers: {}, patience: 5000, silence: 5000, ...request }, signal);
}

async function text(answer: Promise<HeldAnswer | undefined>): Promise<string> {
  const found = await answer;
  return found === undefined ? "unfit" : `${found.status} ${Buffer.from(found.body)}`;
}

const ok = (body = "", fields = ""): string =>
  `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

describe("a short exchange", () => {
  it("sends a request as it is, and gives the answer", async () => {
    await serve((socket) => socket.write(ok("here", "X-A: b\r\n")));
    const body = Buffer.from("content");
    const answer = await ask({ method: "PUT", headers: { "content-type": "text/plain" }, body });
    expect(answer).toMatchObject({ status: 200, headers: { "x-a": "b", "content-length": "4" } });
    expect(requests[0]?.split("\r\n")).toEqual([
      "PUT /v2/?a=b HTTP/1.1",
      expect.stringMatching(/^host: 127\.0\.0\.1:\d+$/),
      "content-type: text/plain",
      "content-length: 7",
      "",
      "content",
    ]);
  });

  it("says that a body is empty", async () => {
    await serve((socket) => socket.write(ok()));
    await ask({ method: "PUT", body: new Uint8Array() });
    expect(requests[0]).toMatch(/\r\ncontent-length: 0\r\n/);
  });

  it("follows another on the same connection", async () => {
    await serve((socket, nth) => socket.write(ok(String(nth))));
    for (const expected of ["200 1", "200 2", "200 3"]) expect(await text(ask())).toBe(expected);
    expect(connections).toHaveLength(1);
  });

  it("goes beside others, and waits when there are too many", async () => {
    await serve((socket, nth) => void sleep(5).then(() => socket.write(ok(String(nth)))));
    const answers = await Promise.all(Array.from({ length: 100 }, () => text(ask())));
    expect(new Set(answers).size).toBe(100);
    expect(connections.length).toBeLessThanOrEqual(16);
  });

  it("carries a body that does not fit into one packet", async () => {
    await serve((socket) => socket.write(ok(String(requests[0]?.length))));
    expect(await text(ask({ method: "PUT", body: Buffer.alloc(600_000, "a") }))).toMatch(/^200 600\d\d\d$/);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ["byte by byte", (socket) => void slowly(socket, ok("here")), "200 here"],
    [
      "in chunks",
      (socket) => socket.write("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"),
      "404 no",
    ],
    ["until the connection ends", (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nall of it"), "200 all of it"],
    ["after information", (socket) => socket.write(`HTTP/1.1 103 Early\r\na: b\r\n\r\n${ok("late")}`), "200 late"],
    ["with more behind it", (socket) => socket.write(`${ok("here")}HTTP/1.1 200`), "200 here"],
  ])("takes an answer %s", async (_, script, expected) => {
    await serve(script);
    expect(await text(ask())).toBe(expected);
  });

  it.each<[string, string]>([
    ["closes", ok("", "Connection: close\r\n")],
    ["is of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["has more behind it", `${ok()}more`],
  ])("uses no connection again whose answer %s", async (_, answer) => {
    await serve((socket) => socket.write(answer));
    for (let time = 0; time < 3; time += 1) expect(await text(ask())).toBe("200 ");
    expect(connections).toHaveLength(3);
  });

  it.each<[string, string, boolean]>([
    ["is too long", `HTTP/1.1 200 OK\r\nContent-Length: ${mostBody + 1}\r\n\r\n`, false],
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", true],
    ["changes the protocol", "HTTP/1.1 101 Switching\r\n\r\n", true],
    ["has a body of unknown length", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", true],
    ["is in chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", true],
  ])("leaves to others what %s", async (_, answer, remembered) => {
    await serve((socket) => socket.write(answer));
    expect(await text(ask())).toBe("unfit");
    expect(await text(ask())).toBe("unfit");
    expect(requests).toHaveLength(remembered ? 1 : 2);
  });

  it("leaves to others a request that would have a field of its own", async () => {
    await serve((socket) => socket.write(ok()));
    expect(await text(ask({ headers: { a: "b\r\nc: d" } }))).toBe("unfit");
    expect(requests).toEqual([]);
  });
});

describe("a connection", () => {
  it("that was closed while nobody used it is replaced for what only asks", async () => {
    await serve((socket, _, onConnection) => void (onConnection === 1 ? socket.write(ok("once")) : socket.destroy()));
    expect(await text(ask())).toBe("200 once");
    expect(await text(ask({ method: "HEAD" }))).toBe("200 ");
    expect(requests).toHaveLength(3);
  });

  it("that is cut fails what may have changed something", async () => {
    await serve((socket, _, onConnection) => void (onConnection === 1 ? socket.write(ok()) : socket.destroy()));
    await ask();
    await expect(ask({ method: "PUT", body: Buffer.from("a") })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(requests).toHaveLength(2);
  });

  it.each<[string, string]>([
    ["before the answer", ""],
    ["in a head", "HTTP/1.1 200 OK\r\nContent"],
    ["in a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"],
    ["in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"],
  ])("that ends %s fails the exchange", async (_, answer) => {
    await serve((socket) => socket.end(answer));
    await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("on which no answer comes is given up", async () => {
    await serve(() => {});
    await expect(ask({ patience: 30 })).rejects.toMatchObject({ code: "UNANSWERED" });
  });

  it("on which an answer stands still is given up", async () => {
    await serve((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
    await expect(ask({ silence: 30 })).rejects.toMatchObject({ code: "STALLED" });
  });

  it("that nobody takes fails the exchange", async () => {
    await serve(() => {});
    const url = new URL("http://127.0.0.1:1/");
    const request = { method: "GET", url, headers: {}, patience: 100, silence: 100 };
    await expect(exchanges.ask(request, new AbortController().signal)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("ends with what it was asked for, and others go on", async () => {
    await serve((socket, nth) => void (nth === 2 && socket.write(ok("other"))));
    const abort = new AbortController();
    const given = ask({}, abort.signal);
    const kept = ask();
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 20);
    await expect(given).rejects.toBe(reason);
    await expect(ask({}, abort.signal)).rejects.toBe(reason);
    expect(await text(kept)).toBe("200 other");
  });

  it("is closed when it had nothing to do for a while", { timeout: 10_000 }, async () => {
    await serve((socket) => socket.write(ok()));
    await ask();
    const closed = new Promise((done) => connections[0]?.on("close", done));
    await closed;
    expect(await text(ask())).toBe("200 ");
    expect(connections).toHaveLength(2);
  });
});

async function slowly(socket: Socket, words: string): Promise<void> {
  for (const letter of words) {
    socket.write(letter);
    await sleep(1);
  }
}
