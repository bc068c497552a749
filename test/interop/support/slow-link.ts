import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Bytes that went over the connections that were made while it was the current one. */
export interface Traffic {
  /** From clients. */
  sent: number;
  /** From the server. */
  received: number;
}

/** Timers are no finer; shorter debts are paid together. */
const finestMs = 4;

/** A port of this machine behind which a server is that is reached over a slow line, all connections together. */
export class SlowLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #bytesPerMs: number;
  #current: Traffic = { sent: 0, received: 0 };
  /** When the line is free again. */
  #freeAt = 0;
  host = "";

  private constructor(server: string, bytesPerSecond: number) {
    const [address = "", port = ""] = server.split(":");
    this.#bytesPerMs = bytesPerSecond / 1000;
    // A half-closed connection stays so on the other side: it is how the end of a killed process looks to a server.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = connect({ host: address, port: Number(port), allowHalfOpen: true, noDelay: true });
      const traffic = this.#current;
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      }
      void Promise.allSettled([
        this.#carry(near, far, (bytes) => (traffic.sent += bytes)),
        this.#carry(far, near, (bytes) => (traffic.received += bytes)),
      ]);
    });
  }

  /** @param server `127.0.0.1:<port>` */
  static async to(server: string, bytesPerSecond: number): Promise<SlowLink> {
    const link = new SlowLink(server, bytesPerSecond);
    await new Promise<void>((done) => link.#server.listen(0, "127.0.0.1", done));
    const address = link.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    link.host = `127.0.0.1:${address.port}`;
    return link;
  }

  /** Counts the connections that are made from now on by themselves. */
  count(): Traffic {
    this.#current = { sent: 0, received: 0 };
    return this.#current;
  }

  async #carry(from: Socket, to: Socket, count: (bytes: number) => void): Promise<void> {
    try {
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        if (!(piece instanceof Uint8Array)) throw new Error("a connection brings bytes");
        count(piece.length);
        await this.#pass(piece.length);
        if (!to.write(piece)) await drained(to);
      }
      to.end();
    } catch {
      // Whoever is still there learns it as from any connection that broke.
      from.destroy();
      to.destroy();
    }
  }

  async #pass(bytes: number): Promise<void> {
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + bytes / this.#bytesPerMs;
    const debt = this.#freeAt - performance.now();
    if (debt > finestMs) await sleep(debt);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

async function drained(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(new Error("the connection was closed"));
  socket.once("drain", resolve).once("close", onClose);
  try {
    if (socket.destroyed) onClose();
    await promise;
  } finally {
    socket.off("drain", resolve).off("close", onClose);
  }
}
