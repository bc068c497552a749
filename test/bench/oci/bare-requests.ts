import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { ModelFiles } from "./model-files.ts";
import type { Tool } from "./tool.ts";

const connections = 8;

/**
 * What nobody undercuts who uploads small files and asks whether they have arrived: `POST`, `PUT`, `HEAD` for each, as
 * text over open connections. Digests are given for nothing, no program starts, nothing is checked but the status.
 */
export const bareRequests: Tool = {
  name: "bare requests",
  async push(host: string, { directory, digests }: ModelFiles) {
    const files = await Promise.all(
      [...digests].map(async ([name, sha256]) => ({ sha256, bytes: await readFile(join(directory, name)) })),
    );
    const started = performance.now();
    const send = async (line: Line): Promise<void> => {
      for (let file = files.pop(); file !== undefined; file = files.pop()) {
        const session = await line.ask(202, "POST /v2/bench/bare/blobs/uploads/");
        const target = session.replace(/^https?:\/\/[^/]+/, "");
        await line.ask(201, `PUT ${target}&digest=sha256:${file.sha256}`, file.bytes);
        await line.ask(200, `HEAD /v2/bench/bare/blobs/sha256:${file.sha256}`);
      }
      line.end();
    };
    await Promise.all(Array.from({ length: connections }, () => send(new Line(host))));
    return performance.now() - started;
  },
};

/** One connection, for answers without a body. */
class Line {
  readonly #host: string;
  readonly #socket: Socket;
  #came = "";
  #answer = Promise.withResolvers<string>();

  constructor(host: string) {
    const [hostname = "", port] = host.split(":");
    this.#host = host;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => {
      this.#came += text;
      if (this.#came.endsWith("\r\n\r\n")) this.#answer.resolve(this.#came);
    });
    this.#socket.on("error", (error) => this.#answer.reject(error));
  }

  /** Gives the answer's `Location`. */
  async ask(status: number, what: string, body = Buffer.alloc(0)): Promise<string> {
    this.#came = "";
    this.#answer = Promise.withResolvers<string>();
    const head = `${what} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Length: ${body.length}\r\n\r\n`;
    this.#socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]));
    const answer = await this.#answer.promise;
    if (!answer.startsWith(`HTTP/1.1 ${status} `)) throw new Error(`${what}: ${answer.split("\r\n")[0]}`);
    return /\r\nlocation: (\S+)/i.exec(answer)?.[1] ?? "";
  }

  end(): void {
    this.#socket.end();
  }
}
