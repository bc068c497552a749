import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { identityOf, isSameFile, keyOfFile } from "../../../content/index.ts";
import { reason, systemCode } from "../../../errors/index.ts";
import { PersistentConnections, type Pieces } from "../wire/index.ts";
import type { FilePart, TransferOutcome, TransferRequest } from "./messages.ts";
import { hashBeginning, keepHash } from "./running-hash.ts";
import { trust } from "./trust.ts";

/** More than a socket takes at once, so that it asks for the next piece only when it has sent the one before. */
const pieceBytes = 256 * 1024;

/** Connections of this thread. */
let connections: PersistentConnections | undefined;

/**
 * Sends a part of a file as the body of one request, from memory that is used again and again. A file that is hashed on
 * the way is hashed piece by piece while the piece is at hand, and on its way.
 */
export async function sendFile(
  request: TransferRequest,
  part: FilePart,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  let file: number | undefined;
  try {
    file = openSource(part);
    if (part.hashed !== true) return await send(request, new FilePieces(part, file, onBytes, () => {}), signal);
    const name = nameOf(part);
    const hash = await hashBeginning(name, file, part.from, signal);
    let at = part.from;
    const onPiece = (piece: Uint8Array): void => {
      hash.update(piece);
      at += piece.length;
    };
    const outcome = await send(request, new FilePieces(part, file, onBytes, onPiece), signal);
    // A refusal may come before the end.
    if (outcome.failure !== undefined || at < part.to) return outcome;
    if (part.to === Number(part.identity.size)) return { ...outcome, sha256: hash.digest("hex") };
    keepHash(name, hash, part.to);
    return outcome;
  } catch (error) {
    if (error instanceof SourceFailure) return { failure: { kind: "source", why: error.why, message: error.message } };
    if (signal.aborted) return { failure: { kind: "broken", code: "ABORTED", message: "it was not wanted any more" } };
    return { failure: { kind: "source", why: "unreadable", message: reason(error) } };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A file as it is now: one of another time has another hash. */
function nameOf({ path, identity }: FilePart): string {
  return `${path}\0${keyOfFile(identity)}`;
}

async function send(
  { method, url: address, headers, patience, silence }: TransferRequest,
  body: Pieces,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const url = URL.parse(address);
  connections ??= new PersistentConnections(trust());
  try {
    const answer = url && (await connections.ask({ method, url, headers, body, patience, silence }, signal));
    // Whoever asks in another way says what is wrong with it.
    return answer ? { answer } : { failure: { kind: "unfit" } };
  } catch (error) {
    if (error instanceof SourceFailure) throw error;
    const code = signal.aborted ? "ABORTED" : (systemCode(error) ?? "ECONNRESET");
    return { failure: { kind: "broken", code, message: reason(error) } };
  }
}

/** What makes a file no body any more. */
class SourceFailure extends Error {
  readonly why: "changed" | "unreadable";

  constructor(why: "changed" | "unreadable", message: string) {
    super(message);
    this.why = why;
  }
}

/** A part of a file, read piece by piece into the same memory. */
class FilePieces implements Pieces {
  readonly length: number;
  readonly #part: FilePart;
  readonly #file: number;
  readonly #onBytes: (bytes: number) => void;
  readonly #onPiece: (piece: Uint8Array) => void;
  readonly #buffer: Buffer;
  #at: number;

  constructor(part: FilePart, file: number, onBytes: (bytes: number) => void, onPiece: (piece: Uint8Array) => void) {
    this.length = part.to - part.from;
    this.#part = part;
    this.#file = file;
    this.#onBytes = onBytes;
    this.#onPiece = onPiece;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(pieceBytes, this.length)));
    this.#at = part.from;
  }

  next(): Uint8Array | undefined {
    const { path, to } = this.#part;
    if (this.#at >= to) return undefined;
    const read = this.#read(Math.min(this.#buffer.length, to - this.#at));
    if (read === 0) throw new SourceFailure("changed", `${path} became shorter`);
    this.#at += read;
    // Before the last byte leaves: with it the request is complete.
    if (this.#at >= to) requireSame(this.#file, this.#part);
    this.#onBytes(read);
    return read === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, read);
  }

  handedOver(piece: Uint8Array): void {
    this.#onPiece(piece);
  }

  #read(length: number): number {
    try {
      return readSync(this.#file, this.#buffer, 0, length, this.#at);
    } catch (error) {
      throw new SourceFailure("unreadable", reason(error));
    }
  }
}

/** @throws SourceFailure for a file that cannot be read, or is not what it was when it was listed */
function openSource({ path, identity }: FilePart): number {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new SourceFailure("unreadable", reason(error));
  }
  try {
    requireSame(file, { path, identity });
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function requireSame(file: number, { path, identity }: Pick<FilePart, "path" | "identity">): void {
  if (isSameFile(identity, identityOf(fstatSync(file, { bigint: true })))) return;
  throw new SourceFailure("changed", `${path} was written to while it was sent`);
}
