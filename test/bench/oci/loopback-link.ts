import { connect, createServer, type Socket } from "node:net";

/** A way to a registry that leads through this process. */
export interface Link extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
}

/** @param join carries bytes between the two sockets of each connection, which are closed together on an error */
export async function loopbackLink(host: string, join: (client: Socket, registry: Socket) => void): Promise<Link> {
  const { hostname, port } = new URL(`http://${host}`);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const registry = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, registry],
      [registry, client],
    ] as const) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => other.destroy());
    }
    join(client, registry);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the link has no port");
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
