import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { type Abandonable, abandonedBy } from "../wire/index.ts";

/** What waits here for whoever reads it; then the connection waits, too. */
const mostHeld = 256 * 1024;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * One answer while it arrives. Most answers of a registry are a head and at most a few bytes: they cost no stream and no
 * listener, which is most of what a request costs.
 */
export class Arrival implements Dispatcher.DispatchHandler, Abandonable {
  readonly #head = Promise.withResolvers<{ readonly status: number; readonly headers: Headers }>();
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | undefined;
  #held: Buffer[] = [];
  #size = 0;
  #state: "arriving" | "whole" | "broken" = "arriving";
  #failure: unknown;
  #wake = (): void => {};
  #stream: Readable | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#head.promise.catch(() => {});
    abandonedBy(signal).add(this);
  }

  /** Resolves when the head is there. */
  get head(): Promise<{ readonly status: number; readonly headers: Headers }> {
    return this.#head.promise;
  }

  /** The body, or its beginning when it is longer than that. Rejects when the connection broke. */
  async beginning(length: number): Promise<{ readonly bytes: Buffer; readonly more: boolean }> {
    while (this.#state === "arriving" && this.#size <= length) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#controller?.resume();
      await promise;
    }
    if (this.#state === "broken") throw this.#failure;
    const more = this.#state === "arriving" || this.#size > length;
    return { bytes: Buffer.concat(this.#held), more };
  }

  /** The body as a stream. */
  stream(): Readable {
    if (this.#stream !== undefined) return this.#stream;
    const stream = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        this.abandon();
        done(error);
      },
    });
    this.#stream = stream;
    // Whoever reads it hears of its failure; one that nobody reads fails in silence.
    stream.on("error", () => {});
    for (const piece of this.#held.splice(0)) stream.push(piece);
    if (this.#state === "whole") stream.push(null);
    if (this.#state === "broken") stream.destroy(asError(this.#failure));
    return stream;
  }

  /** Gives up what has not arrived. */
  abandon(reason: unknown = new Error("the rest of an answer was not wanted")): void {
    if (this.#state !== "arriving") return;
    if (this.#controller === undefined) this.#end("broken", reason);
    else this.#controller.abort(asError(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(asError(this.#signal.reason));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // What is only information is followed by the answer.
    if (status >= 200) this.#head.resolve({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    // A connection that goes on says so with nothing.
    if (piece.length === 0) return;
    this.#size += piece.length;
    if (this.#stream !== undefined) {
      if (!this.#stream.push(piece)) controller.pause();
      return;
    }
    this.#held.push(piece);
    if (this.#size > mostHeld) controller.pause();
    this.#wake();
  }

  onResponseEnd(): void {
    this.#stream?.push(null);
    this.#end("whole", undefined);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end("broken", error);
    this.#stream?.destroy(error);
  }

  #end(state: "whole" | "broken", failure: unknown): void {
    this.#state = state;
    this.#failure = failure;
    if (state === "broken") this.#head.reject(failure);
    abandonedBy(this.#signal).delete(this);
    this.#wake();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
