import type { Hash } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { isOutOfSpace, reason, systemCode } from "../../../errors/index.ts";
import {
  connectTo,
  type HeldAnswer,
  parseResponseHead,
  plainLength,
  type ResponseHead,
  requestHead,
} from "../wire/index.ts";
import { bodyRange } from "./body-range.ts";
import type { FileTarget, TransferOutcome, TransferRequest } from "./messages.ts";
import { hashBeginning, keepHash } from "./running-hash.ts";
import { Stillness } from "./stillness.ts";
import { trust } from "./trust.ts";

/** One read of a connection; also what is hashed and written at once, while it is in the processor's cache. */
const pieceBytes = 256 * 1024;

const unwanted = "it was not wanted any more";

/**
 * Sends a GET and writes the body of its answer into a file, hashing it. The connection reads into one buffer, and what
 * came is hashed and written before the next read: no memory is taken for it, and a slow disk slows the sender down.
 */
export async function receiveFile(
  request: TransferRequest,
  target: FileTarget,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const url = URL.parse(request.url);
  let head: string;
  try {
    if (url === null) return { failure: { kind: "unfit" } };
    const { method, headers } = request;
    head = requestHead(method, url, { ...headers, "accept-encoding": "identity", connection: "close" });
  } catch {
    // Whoever asks in another way says what is wrong with it.
    return { failure: { kind: "unfit" } };
  }
  let file: number;
  try {
    file = openSync(target.path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    return { failure: { kind: "target", why: "unwritable", message: reason(error) } };
  }
  try {
    const hash = target.hashed ? await hashBeginning(target.path, file, target.from, signal) : undefined;
    const landing = new Landing(file, hash, target, onBytes);
    const outcome = await converse({ url, silence: request.silence, head }, landing, signal);
    const whole = landing.done === target.size;
    if (hash !== undefined && !whole) keepHash(target.path, hash, landing.done);
    const sha256 = whole ? hash?.digest("hex") : undefined;
    return { ...outcome, received: { bytes: landing.done - target.from, sha256 } };
  } catch (error) {
    if (signal.aborted) return { failure: { kind: "broken", code: "ABORTED", message: unwanted } };
    return { failure: { kind: "target", why: "unwritable", message: reason(error) } };
  } finally {
    closeSync(file);
  }
}

/** Where the body goes. */
class Landing {
  readonly target: FileTarget;
  /** The file is whole up to here. */
  done: number;
  readonly #file: number;
  readonly #hash: Hash | undefined;
  readonly #onBytes: (bytes: number) => void;

  constructor(file: number, hash: Hash | undefined, target: FileTarget, onBytes: (bytes: number) => void) {
    this.#file = file;
    this.#hash = hash;
    this.target = target;
    this.done = target.from;
    this.#onBytes = onBytes;
  }

  take(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written, bytes.length - written, this.done + written);
    }
    this.#hash?.update(bytes);
    this.done += bytes.length;
    this.#onBytes(bytes.length);
  }
}

function converse(
  request: { readonly url: URL; readonly silence: number; readonly head: string },
  landing: Landing,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const { promise, resolve } = Promise.withResolvers<TransferOutcome>();
  let head: ResponseHead | undefined;
  let held = Buffer.alloc(0);
  let [skip, keep] = [0, 0];

  const begin = (bytes: Buffer): Buffer | undefined => {
    held = Buffer.concat([held, bytes]);
    const parsed = parseResponseHead(held);
    if (parsed === undefined) return undefined;
    const length = parsed === "malformed" ? undefined : plainLength(parsed);
    const range =
      parsed === "malformed" || length === undefined ? undefined : bodyRange(parsed, length, landing.target);
    if (parsed === "malformed" || parsed.status < 200) return finish({ failure: { kind: "unfit" } });
    if (isWithoutBody(parsed)) {
      return finish({ answer: withoutBody(parsed) });
    }
    if (range === undefined) {
      return finish(isMore(parsed, landing.target) ? { answer: withoutBody(parsed) } : { failure: { kind: "unfit" } });
    }
    head = parsed;
    ({ skip, keep } = range);
    return held.subarray(parsed.length);
  };
  const take = (bytes: Buffer): void => {
    let body = bytes;
    if (skip > 0) {
      const skipped = Math.min(skip, body.length);
      skip -= skipped;
      body = body.subarray(skipped);
    }
    if (body.length > keep) body = body.subarray(0, keep);
    if (body.length > 0) landing.take(body);
    keep -= body.length;
    if (keep === 0 && skip === 0 && head !== undefined) {
      finish({ answer: withoutBody(head) });
    }
  };
  const onRead = (count: number, buffer: Uint8Array): boolean => {
    stillness.moved();
    try {
      const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, count);
      const body = head === undefined ? begin(bytes) : bytes;
      if (body !== undefined) take(body);
    } catch (error) {
      const why = isOutOfSpace(error) ? "no-space" : "unwritable";
      finish({ failure: { kind: "target", why, message: reason(error) } });
    }
    return true;
  };
  const broken = (code: string, message: string): undefined =>
    finish({ answer: head && withoutBody(head), failure: { kind: "broken", code, message } });

  const onread = { buffer: Buffer.allocUnsafeSlow(pieceBytes), callback: onRead };
  const socket = connectTo(request.url, trust(), onread);
  const stillness = new Stillness(request.silence, () => broken("STALLED", "nothing came"));
  const onAbort = (): undefined => broken("ABORTED", unwanted);
  const finish = (outcome: TransferOutcome): undefined => {
    stillness[Symbol.dispose]();
    signal.removeEventListener("abort", onAbort);
    // The length of what was asked for is known, so a connection is not worth keeping: blobs are large here.
    socket.destroy();
    resolve(outcome);
    return undefined;
  };
  signal.addEventListener("abort", onAbort);
  socket.on("error", (error) => broken(systemCode(error) ?? "ECONNRESET", reason(error)));
  socket.on("close", () => broken("ECONNRESET", "the connection ended before the body"));
  if (signal.aborted) onAbort();
  else socket.write(request.head);
  return promise;
}

function withoutBody({ status, headers }: ResponseHead): HeldAnswer {
  return { status, headers, body: new Uint8Array() };
}

/** Redirects and challenges are answered by their head; what a refusal says is worth asking again for. */
function isWithoutBody({ status }: ResponseHead): boolean {
  return (status >= 300 && status < 400) || status === 401;
}

/** The whole in place of exactly a part: there is no use in reading it. */
function isMore({ status }: ResponseHead, { exactly }: FileTarget): boolean {
  return exactly && status === 200;
}
