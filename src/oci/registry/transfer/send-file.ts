import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { identityOf, isSameFile, keyOfFile } from "../../../content/index.ts";
import { reason, systemCode } from "../../../errors/index.ts";
import type { FilePart, TransferOutcome, TransferRequest } from "./messages.ts";
import { hashBeginning, keepHash } from "./running-hash.ts";
import { Stillness } from "./stillness.ts";
import { trust } from "./trust.ts";

/** More than a socket takes at once, so that it asks for the next piece only when it has sent the one before. */
const pieceBytes = 256 * 1024;
/** What is kept of an answer: a refusal's words. */
const mostAnswerBytes = 64 * 1024;

const plain = new HttpAgent({ keepAlive: true });
const encrypted = new HttpsAgent({ keepAlive: true, ALPNProtocols: ["http/1.1"] });

/**
 * Sends a part of a file as the body of one request, from memory that is used again and again. A file that is hashed on
 * the way is hashed piece by piece while the piece is at hand.
 */
export async function sendFile(
  request: TransferRequest,
  part: FilePart,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const opened = openSource(part);
  if (!("file" in opened)) return opened;
  const { file } = opened;
  try {
    if (part.hashed !== true) return await send(request, part, file, onBytes, () => {}, signal);
    const name = nameOf(part);
    const hash = await hashBeginning(name, file, part.from, signal);
    let at = part.from;
    const onPiece = (piece: Buffer): void => {
      hash.update(piece);
      at += piece.length;
    };
    const outcome = await send(request, part, file, onBytes, onPiece, signal);
    // A refusal may come before the end.
    if (outcome.failure !== undefined || at < part.to) return outcome;
    if (part.to === Number(part.identity.size)) return { ...outcome, sha256: hash.digest("hex") };
    keepHash(name, hash, part.to);
    return outcome;
  } catch (error) {
    if (signal.aborted) return { failure: { kind: "broken", code: "ABORTED", message: "it was not wanted any more" } };
    return { failure: { kind: "source", why: "unreadable", message: reason(error) } };
  } finally {
    closeSync(file);
  }
}

/** A file as it is now: one of another time has another hash. */
function nameOf({ path, identity }: FilePart): string {
  return `${path}\0${keyOfFile(identity)}`;
}

function send(
  asked: TransferRequest,
  part: FilePart,
  file: number,
  onBytes: (bytes: number) => void,
  onPiece: (piece: Buffer) => void,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const request = begin(asked, part, signal);
  // Whoever asks in another way says what is wrong with it.
  if (request === undefined) return Promise.resolve({ failure: { kind: "unfit" } });
  const { patience, silence } = asked;
  const { promise, resolve } = Promise.withResolvers<TransferOutcome>();
  const broken = (code: string, message: string): void => {
    request.destroy();
    resolve({ failure: { kind: "broken", code, message } });
  };
  const stillness = new Stillness(silence, () => broken("STALLED", "nothing could be sent"));
  let deadline: NodeJS.Timeout | undefined;
  request.on("error", (error) => broken(systemCode(error) ?? "ECONNRESET", reason(error)));
  let answered = false;
  request.on("response", (answer) => {
    answered = true;
    stillness.moved();
    void readAnswer(answer).then(resolve, (error: unknown) => broken(systemCode(error) ?? "ECONNRESET", reason(error)));
  });

  // One piece is enough: it is read again only when the connection has taken all of it.
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  let at = part.from;
  const next = (): void => {
    stillness.moved();
    // An answer before the end is a refusal: the rest would go nowhere.
    if (answered || request.destroyed) return;
    if (at >= part.to) {
      stillness[Symbol.dispose]();
      deadline = setTimeout(() => broken("UNANSWERED", "no answer came"), patience);
      request.end();
      return;
    }
    let read: number;
    try {
      read = readSync(file, buffer, 0, Math.min(pieceBytes, part.to - at), at);
    } catch (error) {
      request.destroy();
      resolve({ failure: { kind: "source", why: "unreadable", message: reason(error) } });
      return;
    }
    if (read === 0) {
      request.destroy();
      resolve({ failure: { kind: "source", why: "changed", message: `${part.path} became shorter` } });
      return;
    }
    at += read;
    // Before the last byte leaves: with it the request is complete.
    const changed = at >= part.to ? changeOf(file, part) : undefined;
    if (changed !== undefined) {
      request.destroy();
      resolve(changed);
      return;
    }
    onBytes(read);
    const piece = read === buffer.length ? buffer : buffer.subarray(0, read);
    request.write(piece, next);
    // After it was handed over, so that the connection works meanwhile; it is not read again before `next`.
    onPiece(piece);
  };
  next();
  return promise.finally(() => {
    stillness[Symbol.dispose]();
    clearTimeout(deadline);
  });
}

function begin({ method, url, headers }: TransferRequest, { from, to }: FilePart, signal: AbortSignal) {
  try {
    const target = new URL(url);
    const options = { method, headers: { ...headers, "content-length": String(to - from) }, signal };
    if (target.protocol === "http:") return requestHttp(target, { ...options, agent: plain });
    return requestHttps(target, { ...options, agent: encrypted, ...trust() });
  } catch {
    return undefined;
  }
}

function openSource({ path, identity }: FilePart): { readonly file: number } | TransferOutcome {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { failure: { kind: "source", why: "unreadable", message: reason(error) } };
  }
  const changed = changeOf(file, { path, identity });
  if (changed === undefined) return { file };
  closeSync(file);
  return changed;
}

function changeOf(file: number, { path, identity }: Pick<FilePart, "path" | "identity">): TransferOutcome | undefined {
  if (isSameFile(identity, identityOf(fstatSync(file, { bigint: true })))) return undefined;
  return { failure: { kind: "source", why: "changed", message: `${path} was written to while it was sent` } };
}

async function readAnswer(answer: IncomingMessage): Promise<TransferOutcome> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer) {
    if (!(piece instanceof Buffer)) continue;
    pieces.push(piece);
    size += piece.length;
    if (size > mostAnswerBytes) break;
  }
  const { statusCode = 0, headers } = answer;
  // An answer in the middle of the body leaves a connection that nobody can use again; Node closes it by itself.
  return {
    answer: { status: statusCode, headers: { ...headers }, body: Buffer.concat(pieces).subarray(0, mostAnswerBytes) },
  };
}
