import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createEncryptedServer } from "node:https";

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export type Handler = (asked: Asked) => Reply;

/** What a broken server does in place of replying. */
export type Breakage =
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Says how long the reply is, and stays silent after so many bytes of it. */
  | { readonly kind: "stall"; readonly reply: Reply; readonly after: number }
  /** Says how long the reply is, and ends the connection after so many bytes of it. */
  | { readonly kind: "cut"; readonly reply: Reply; readonly after: number };

/** What comes in place of a reply. @param count of the request, from 1 */
export type Fault = (asked: Asked, reply: () => Reply, count: number) => Reply | Breakage;

export interface Served extends AsyncDisposable {
  readonly url: URL;
  readonly asked: readonly Asked[];
}

/** A server on loopback. @param tls speaks https, as whom the certificate says */
export async function serve(
  handler: Handler,
  fault: Fault = (_, reply) => reply(),
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<Served> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(pieces) };
      asked.push(one);
      send(
        response,
        fault(one, () => handler(one), asked.length),
      );
    });
  };
  const server = tls === undefined ? createServer(listener) : createEncryptedServer(tls, listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: new URL(`${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}`),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(response: ServerResponse, what: Reply | Breakage): void {
  if ("kind" in what && what.kind === "hang") return;
  const { status, headers = {}, body = "" } = "kind" in what ? what.reply : what;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  if (!("kind" in what)) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, what.after), () => what.kind === "cut" && response.destroy());
}

/** As Sigstore's servers write JSON. */
export function jsonReply(status: number, content: unknown): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(content) };
}

/** As grpc-gateway writes errors. */
export function errorReply(status: number, code: number, message: string): Reply {
  return jsonReply(status, { code, message, details: [] });
}
