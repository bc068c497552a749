import type { Socket } from "node:net";
import { type Abandonable, abandonedBy } from "./abandoned-by.ts";
import { connectTo } from "./connect-to.ts";
import { maxHeadBytes, parseResponseHead, type ResponseHead } from "./response-head.ts";
import { bodyReader, mostBody, type TakeBody, type Unfit } from "./short-body.ts";
import type { Trust } from "./trust.ts";

/** What is sent piece by piece. */
export interface Pieces {
  /** Bytes of all pieces. */
  readonly length: number;
  /**
   * The next piece, whose memory is free again when it is called again; undefined after the last.
   * @throws what the exchange fails with
   */
  next(): Uint8Array | undefined;
  /** Called when a piece was handed over, while it is on its way. */
  handedOver(piece: Uint8Array): void;
}

export type DirectBody = Uint8Array | Pieces;

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string;
  readonly head: string;
  readonly body: DirectBody;
  /** How long the answer may take, in milliseconds. */
  readonly patience: number;
  /** How long nothing may move of a body that has begun, in milliseconds. */
  readonly silence: number;
}

/** An answer that was held in memory. */
export interface HeldAnswer {
  readonly status: number;
  readonly headers: ResponseHead["headers"];
  readonly body: Uint8Array;
}

const connectMs = 10_000;
/** What most answers of a registry fit into. */
const readBytes = 16 * 1024;
/** Smaller bodies travel in one packet with their head. */
const joinedBytes = 64 * 1024;

interface Asked {
  readonly request: SentRequest;
  readonly signal: AbortSignal;
  readonly resolve: (answer: HeldAnswer | Unfit) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection, on which requests follow each other (RFC 9112, 9.3). */
export class PersistentConnection implements Abandonable {
  readonly #socket: Socket;
  #asked: Asked | undefined;
  #came = Buffer.alloc(0);
  #head: ResponseHead | undefined;
  #take: TakeBody | undefined;
  #timer: NodeJS.Timeout | undefined;
  #connected = false;
  /** Whether the request was handed over to its end. */
  #sent = false;
  #open = true;
  /** Whether anything of an answer has come since the request. */
  #heard = false;
  /** Answers so far. */
  #answers = 0;
  /** When it had nothing to do any more, in milliseconds of `performance.now()`. */
  idleSince = 0;

  constructor(url: URL, trust: Trust, session: Buffer | undefined, onSession: (session: Buffer) => void) {
    const onread = { buffer: Buffer.allocUnsafeSlow(readBytes), callback: this.#onRead.bind(this) };
    this.#socket = connectTo(url, trust, onread, session);
    const made = (): void => {
      this.#connected = true;
      this.#send();
    };
    this.#socket.on(url.protocol === "https:" ? "secureConnect" : "connect", made);
    this.#socket.on("session", onSession);
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("error", (error) => this.#break(error));
    this.#socket.on("close", () => this.#break(withCode("ECONNRESET", "the connection ended before the answer")));
  }

  /** Whether it can be asked again. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether a failure can only mean that the other side had closed it before it was asked again (RFC 9112, 9.3.1). */
  get wasStale(): boolean {
    return this.#answers > 0 && !this.#heard;
  }

  /**
   * Sends a request; the connection must have answered the one before.
   * @throws Error with a system's code, or UNCONNECTED, UNANSWERED, STALLED; the signal's reason
   */
  ask(request: SentRequest, signal: AbortSignal): Promise<HeldAnswer | Unfit> {
    const { promise, resolve, reject } = Promise.withResolvers<HeldAnswer | Unfit>();
    this.#asked = { request, signal, resolve, reject };
    this.#heard = false;
    this.#sent = false;
    abandonedBy(signal).add(this);
    this.#socket.ref();
    this.#send();
    return promise;
  }

  abandon(reason: unknown): void {
    this.#break(reason);
  }

  /** Closes it. */
  end(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  /** Waits for the connection first: what is wrong with it shows when nothing was written yet. */
  #send(): void {
    if (!this.#connected || this.#asked === undefined) {
      this.#arm();
      return;
    }
    const { head, body } = this.#asked.request;
    if (body instanceof Uint8Array && body.length > 0 && body.length <= joinedBytes) {
      this.#socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]));
    } else {
      this.#socket.write(head, "latin1");
      if (!(body instanceof Uint8Array)) {
        this.#sendPieces(this.#asked, body);
        return;
      }
      if (body.length > 0) this.#socket.write(body);
    }
    this.#sent = true;
    this.#arm();
  }

  #sendPieces(asked: Asked, body: Pieces): void {
    const next = (): void => {
      // An answer before the end is a refusal: the rest would go nowhere.
      if (this.#asked !== asked) return;
      let piece: Uint8Array | undefined;
      try {
        piece = body.next();
      } catch (error) {
        this.#break(error);
        return;
      }
      this.#sent = piece === undefined;
      this.#arm();
      if (piece === undefined) return;
      this.#socket.write(piece, next);
      body.handedOver(piece);
    };
    next();
  }

  /** Waits as long as what comes next may take. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#asked === undefined) return;
    const { patience, silence } = this.#asked.request;
    if (!this.#connected) this.#wait(connectMs, "UNCONNECTED", "it could not be made in time");
    else if (this.#head !== undefined) this.#wait(silence, "STALLED", "nothing more came");
    else if (this.#sent) this.#wait(patience, "UNANSWERED", "no answer came in time");
    else this.#wait(silence, "STALLED", "nothing could be sent");
  }

  #wait(ms: number, code: string, message: string): void {
    this.#timer = setTimeout(() => this.#break(withCode(code, message)), ms);
  }

  #onRead(count: number, buffer: Uint8Array): boolean {
    this.#heard = true;
    // What comes unasked is no answer.
    if (this.#asked === undefined) this.end();
    else {
      const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, count);
      // The memory that it lies in is read into again.
      this.#came = this.#came.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#came, bytes]);
      this.#read(false);
    }
    return true;
  }

  #ended(): void {
    if (this.#asked !== undefined && this.#head !== undefined) this.#read(true);
    this.#break(withCode("ECONNRESET", "the connection ended before the answer"));
  }

  #read(ended: boolean): void {
    if (this.#head === undefined && !this.#readHead()) return;
    const taken = this.#take?.(this.#came, ended);
    if (taken === undefined) {
      // Chunks are longer than what they hold.
      if (this.#came.length > mostBody + maxHeadBytes) this.#settle("long", false);
      else this.#arm();
      return;
    }
    const head = this.#head;
    if (taken === "malformed" || head === undefined) {
      this.#settle("strange", false);
      return;
    }
    const { status, headers } = head;
    // An answer before the end of the request, or something after it, leaves a connection that nobody can use.
    const sent = this.#sent && this.#socket.writableLength === 0;
    const again = !ended && head.persistent && taken.length === this.#came.length && sent;
    this.#settle({ status, headers, body: taken.body }, again);
  }

  /** @returns whether the head of the final answer is there, and its body can be read */
  #readHead(): boolean {
    const method = this.#asked?.request.method ?? "";
    for (let head = parseResponseHead(this.#came); head !== undefined; head = parseResponseHead(this.#came)) {
      if (head === "malformed" || head.status === 101) {
        this.#settle("strange", false);
        return false;
      }
      this.#came = this.#came.subarray(head.length);
      // What is only information is followed by the answer.
      if (head.status < 200) continue;
      const take = bodyReader(method, head);
      if (typeof take === "string") {
        this.#settle(take, false);
        return false;
      }
      this.#head = head;
      this.#take = take;
      return true;
    }
    return false;
  }

  #settle(answer: HeldAnswer | Unfit, again: boolean): void {
    const asked = this.#release();
    this.#answers += 1;
    if (again) this.#socket.unref();
    else this.end();
    asked?.resolve(answer);
  }

  #break(error: unknown): void {
    const asked = this.#release();
    this.end();
    asked?.reject(error);
  }

  #release(): Asked | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#head = undefined;
    this.#take = undefined;
    this.#came = Buffer.alloc(0);
    clearTimeout(this.#timer);
    if (asked !== undefined) abandonedBy(asked.signal).delete(this);
    return asked;
  }
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
