import { Agent, createServer, request } from "node:http";
import { pipeline } from "node:stream";
import type { Link } from "../oci/loopback-link.ts";

/** A request as it can be made again. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly accept: string | undefined;
}

/** A way to a registry that writes down what is asked there. */
export interface CountingLink extends Link {
  readonly seen: readonly SeenRequest[];
}

/** Goes to a registry on loopback, HTTP/1.1 without encryption. @param registry `127.0.0.1:<port>` */
export async function countingLink(registry: string): Promise<CountingLink> {
  const [hostname = "", port] = registry.split(":");
  const agent = new Agent({ keepAlive: true });
  const seen: SeenRequest[] = [];
  const server = createServer((asked, answer) => {
    const { method = "", url: path = "", headers } = asked;
    seen.push({ method, path, accept: headers.accept });
    const onward = request({ agent, hostname, port: Number(port), method, path, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.rawHeaders);
      pipeline(came, answer, () => {});
    });
    onward.on("error", () => answer.destroy());
    pipeline(asked, onward, () => {});
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the link has no port");
  return {
    host: `127.0.0.1:${address.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      agent.destroy();
    },
  };
}
