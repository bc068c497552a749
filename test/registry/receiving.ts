import type { IncomingMessage } from "node:http";
import { type Fault, pause } from "./faults.ts";
import type { RecordedRequest } from "./recording.ts";

/** Thrown out of a body that a rule ends: with its answer, or by cutting the connection. */
export class Interruption extends Error {
  readonly answer: Fault["answer"];

  constructor(answer: Fault["answer"]) {
    super("a rule ended the request");
    this.name = "Interruption";
    this.answer = answer;
  }
}

/** The bytes of a request's body, as far as the rules let them come. */
export async function* receiveBody(
  request: IncomingMessage,
  { cutRequestAfter, stallRequest, answer }: Fault,
  recorded: RecordedRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const answerAfter = answer?.afterBytes;
  let at = 0;
  let stalled = false;
  const reach = async () => {
    if (stallRequest?.at === at && !stalled) {
      stalled = true;
      await pause(stallRequest.ms, signal);
    }
    if (cutRequestAfter === at) throw new Interruption(undefined);
    if (answerAfter === at) throw new Interruption(answer);
  };
  const stops = [cutRequestAfter, answerAfter, stallRequest?.at].filter((stop) => stop !== undefined);
  await reach();
  for await (const chunk of bytesOf(request, recorded)) {
    for (let rest = chunk; rest.length > 0; ) {
      const next = Math.min(at + rest.length, ...stops.filter((stop) => stop > at));
      const piece = rest.subarray(0, next - at);
      rest = rest.subarray(piece.length);
      yield piece;
      at = next;
      await reach();
    }
  }
  if (answerAfter !== undefined) throw new Interruption(answer);
}

/** Takes what nobody wanted, so that the connection can be used again. */
export async function drain(request: IncomingMessage, recorded: RecordedRequest): Promise<void> {
  try {
    for await (const _ of bytesOf(request, recorded));
  } catch {
    // The client may well leave when it has its answer.
  }
}

async function* bytesOf(request: IncomingMessage, recorded: RecordedRequest): AsyncGenerator<Uint8Array> {
  // An iterator that is left must not take the connection along: the answer is still to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Uint8Array)) throw new Error("a body is bytes");
    recorded.bytesReceived += chunk.length;
    yield chunk;
  }
}
