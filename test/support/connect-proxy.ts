import { createServer } from "node:http";
import { connect } from "node:net";

/** A proxy that tunnels, and remembers what it was asked for. */
export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** `<host>:<port>` of each tunnel, and URLs of requests in plain HTTP. */
  readonly asked: string[];
}

/** @param routes where a name really leads, by `<host>:<port>` */
export async function connectProxy(routes: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(502).end();
  });
  server.on("connect", (request, client) => {
    const name = request.url ?? "";
    asked.push(name);
    const port = routes[name];
    if (port === undefined) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
