import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { git } from "./git.ts";

/** A request as the server got it. */
interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

/** Answers a request in place of git, or leaves it to git by giving false. */
export type Interposed = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface GitHttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

/**
 * Serves the repositories below a directory over HTTP with git's own `http-backend`, as a CGI program
 * (git-http-backend(1), RFC 3875).
 *
 * @param password asked for with HTTP Basic, whoever the user is; everybody may read and write without one
 */
export async function serveGit(
  root: string,
  { password, before = () => false }: { readonly password?: string; readonly before?: Interposed } = {},
): Promise<GitHttpServer> {
  const seen: SeenRequest[] = [];
  const backend = join(git(root, "--exec-path"), "git-http-backend");
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, authorization: headers.authorization });
    try {
      if (await before(request, response)) return;
      if (password !== undefined && passwordOf(request) !== password) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
        return;
      }
      await runBackend(backend, root, request, response);
    } catch (error) {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: urlOf(server), seen, [Symbol.asyncDispose]: () => closed(server) };
}

/** The password of HTTP Basic. */
function passwordOf({ headers: { authorization = "" } }: IncomingMessage): string | undefined {
  const [, encoded = ""] = /^Basic (.+)$/.exec(authorization) ?? [];
  return /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, "base64").toString())?.[1];
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

function runBackend(backend: string, root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const { headers } = request;
  const env = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method ?? "",
    REMOTE_ADDR: "127.0.0.1",
    // The backend lets nobody push who did not give a name.
    REMOTE_USER: "somebody",
    CONTENT_TYPE: headers["content-type"] ?? "",
    ...(headers["content-length"] !== undefined && { CONTENT_LENGTH: headers["content-length"] }),
    ...(headers["content-encoding"] !== undefined && { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
    ...(typeof headers["git-protocol"] === "string" && { GIT_PROTOCOL: headers["git-protocol"] }),
  };
  const child = spawn(backend, { env, stdio: ["pipe", "pipe", "ignore"] });
  // A backend that refuses ends before it has read the body.
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
  return new Promise((done, failed) => {
    child.on("error", failed);
    let head = Buffer.alloc(0);
    let answered = false;
    child.stdout.on("data", (chunk: Buffer) => {
      if (answered) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      answered = true;
      const fields = head.subarray(0, end).toString("latin1").split("\r\n");
      for (const field of fields) {
        const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(field) ?? [];
        if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.write(head.subarray(end + "\r\n\r\n".length));
    });
    child.on("close", () => {
      response.end();
      done();
    });
  });
}
