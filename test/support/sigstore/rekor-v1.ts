import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { BadEntry, canonicalBody } from "./proposed-entry.ts";
import { RekorV1Log } from "./rekor-v1-log.ts";
import { type TrustedLog, trustedLog } from "./trusted-root.ts";

/**
 * What goes wrong with the next new entry: the inclusion promise is by another key; the answer stops half way, after the
 * entry was taken; a 500, or a 429 that names a pause of a second, both without taking it; the answer comes late, by
 * milliseconds.
 */
export type Fault = "wrong promise" | "cut answer" | "error" | "busy" | { readonly slow: number };

/** A transparency log of Rekor v1 within the test's process, until it is disposed of. */
export interface RekorV1 extends AsyncDisposable {
  readonly url: URL;
  /** For a trusted root. */
  readonly trusted: TrustedLog;
  /** What it keeps, in canonical JSON, oldest first. */
  readonly bodies: readonly string[];
  /** How often a new entry was asked for, whatever became of it. */
  readonly asked: number;
  /** Spoils the next answers to new entries, one after the other. */
  failNext(...faults: readonly Fault[]): void;
}

const hostname = "127.0.0.1";
const largestRequest = 1024 * 1024;

/**
 * Starts an empty log with a new key. It has the part of rekor's openapi.yaml (1.5) that signing needs: new entries of
 * `hashedrekord` and `dsse`, an entry by its id, and the key.
 */
export async function startRekorV1(): Promise<RekorV1> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const log = new RekorV1Log(hostname, privateKey, publicKey);
  const faults: Fault[] = [];
  let asked = 0;

  const addEntry = async (request: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    const fault = faults.shift();
    if (typeof fault === "object") await sleep(fault.slow);
    if (fault === "error") return refuse(response, 500, "unexpected result from transparency log");
    if (fault === "busy") return refuse(response, 429, "too many requests", { "retry-after": "1" });
    const body = await canonicalBody(await readJson(request));
    const id = log.idOf(body);
    const location = `/api/v1/log/entries/${id}`;
    if (log.has(id)) return refuse(response, 409, `an equivalent entry already exists: ${id}`, { location });
    log.add(body);
    const answer = log.answer(id, fault === "wrong promise" ? stranger : privateKey);
    const tell = fault === "cut answer" ? sendHalf : send;
    tell(response, 201, answer, { location, etag: id });
  };

  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    const [, id = ""] = /^\/api\/v1\/log\/entries\/([0-9a-f]{80})$/.exec(url) ?? [];
    if (method === "POST" && url === "/api/v1/log/entries") {
      addEntry(request, response).catch((error: unknown) => {
        if (error instanceof BadEntry) refuse(response, 400, `error processing entry: ${error.message}`);
        else response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    } else if (method === "GET" && url === "/api/v1/log/publicKey") {
      response.writeHead(200, { "content-type": "application/x-pem-file" });
      response.end(publicKey.export({ type: "spki", format: "pem" }));
    } else if (method === "GET" && log.has(id)) send(response, 200, log.answer(id));
    else refuse(response, 404, `path ${url} was not found`);
  });
  await new Promise<void>((listening) => server.listen(0, hostname, listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the log has no port");
  const url = new URL(`http://${hostname}:${address.port}`);
  return {
    url,
    trusted: trustedLog(url, publicKey),
    get bodies() {
      return log.bodies;
    },
    get asked() {
      return asked;
    },
    failNext: (...more) => void faults.push(...more),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"] !== "application/json") throw new BadEntry("the content type is not JSON");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestRequest) throw new BadEntry(`the request has more than ${largestRequest} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new BadEntry("the request is not JSON", { cause: error });
  }
}

type Headers = Readonly<Record<string, string>>;

function send(response: ServerResponse, status: number, content: object, headers: Headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(content));
}

/** Promises all of an answer, and breaks the connection after half of it. */
function sendHalf(response: ServerResponse, status: number, content: object, headers: Headers): void {
  const text = Buffer.from(JSON.stringify(content));
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length, ...headers });
  response.write(text.subarray(0, text.length / 2), () => response.destroy());
}

function refuse(response: ServerResponse, code: number, message: string, headers: Headers = {}): void {
  send(response, code, { code, message }, headers);
}
