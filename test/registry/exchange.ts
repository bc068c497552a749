import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, answer, refusal } from "./answer.ts";
import { everything, type Guard, tokenPath } from "./authentication.ts";
import type { Call, World } from "./call.ts";
import { actionsFor, dispatch } from "./dispatch.ts";
import { distort } from "./distortion.ts";
import { type Fault, type FaultPlan, pause } from "./faults.ts";
import { Problem } from "./problem.ts";
import { drain, Interruption, receiveBody } from "./receiving.ts";
import type { RecordedRequest } from "./recording.ts";
import { route } from "./routing.ts";
import { send } from "./sending.ts";
import type { Signatures } from "./signatures.ts";
import { answerToken } from "./tokens.ts";

export interface Surroundings {
  readonly world: World;
  readonly guard: Guard;
  readonly plan: FaultPlan;
  readonly signatures: Signatures;
  readonly origin: string;
  /** Aborted when the registry ends. */
  readonly stopping: AbortSignal;
}

export interface Connection {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly expectant: boolean;
}

/** One request, from its first line to the last byte of its answer. Rules count requests that were let in. */
export async function exchange(connection: Connection, recorded: RecordedRequest, around: Surroundings): Promise<void> {
  const { request, response } = connection;
  const left = new AbortController();
  response.once("close", () => {
    if (recorded.outcome === "open") recorded.outcome = response.writableFinished ? "answered" : "left";
    left.abort();
  });
  const gone = AbortSignal.any([left.signal, around.stopping]);
  const meeting = new Meeting(connection, recorded, around, gone);
  try {
    const given = await meeting.answer();
    if (meeting.fault.dropAnswer) throw new Interruption(undefined);
    const headers = { ...around.world.behaviour.headers, ...given.headers };
    const unasked = connection.expectant && !meeting.continued;
    const closing = unasked || meeting.fault.answer?.close;
    await send(
      response,
      { ...given, headers: closing ? { ...headers, connection: "close" } : headers },
      meeting.fault,
      recorded,
      gone,
    );
    if (!closing) await drain(request, recorded);
  } catch (error) {
    if (error instanceof Interruption) recorded.outcome = "cut";
    else if (!gone.aborted && !request.destroyed) throw error;
    request.socket.destroy();
  }
}

/** What is known of a request while it is answered. */
class Meeting {
  readonly #connection: Connection;
  readonly #recorded: RecordedRequest;
  readonly #around: Surroundings;
  readonly #gone: AbortSignal;
  fault: Fault = {};
  continued = false;

  constructor(connection: Connection, recorded: RecordedRequest, around: Surroundings, gone: AbortSignal) {
    this.#connection = connection;
    this.#recorded = recorded;
    this.#around = around;
    this.#gone = gone;
  }

  async answer(): Promise<Answer> {
    try {
      return await distort(await this.#honest(), this.fault, this.#recorded.path);
    } catch (error) {
      if (error instanceof Problem) return distort(refusal(error), this.fault, this.#recorded.path);
      if (error instanceof Interruption && error.answer !== undefined) return ruled(error.answer);
      throw error;
    }
  }

  async #honest(): Promise<Answer> {
    const { world, guard, plan, signatures, origin } = this.#around;
    const { at, method, path, headers } = this.#recorded;
    const url = new URL(path, origin);
    if (url.pathname === tokenPath) {
      this.fault = plan.take(method, path, at);
      return this.fault.answer ? ruled(this.fault.answer) : answerToken(this.#call(url, everything), guard);
    }
    const asked = route(url.pathname);
    const name = asked.kind === "base" ? "" : asked.name;
    const admission =
      at === "registry"
        ? guard.admit(headers, actionsFor(asked, method), name)
        : { may: () => true, check: () => signatures.check(url, headers) };
    admission.check();
    this.fault = plan.take(method, path, at);
    const { answer: instead, redirect, loseReferrers } = this.fault;
    if (instead !== undefined && instead.afterBytes === undefined) return ruled(instead);
    if (redirect !== undefined) {
      const target = world.elsewhere(url.pathname);
      for (const [key, value] of url.searchParams) target.searchParams.append(key, value);
      return answer(redirect === true ? 307 : redirect, { location: target.href });
    }
    if (loseReferrers) world.referrersLost = true;
    return dispatch(this.#call(url, admission), world, asked);
  }

  #call({ pathname, searchParams }: URL, admission: Call["admission"]): Call {
    const { at, method, headers } = this.#recorded;
    const { origin, stopping } = this.#around;
    return {
      method,
      pathname,
      query: searchParams,
      headers,
      at,
      origin,
      body: this.#body(),
      fault: this.fault,
      admission,
      // A client that has left does not undo what it asked for.
      beforeCommit: async () => {
        await pause(this.fault.delayMs ?? 0, stopping);
        admission.check();
      },
    };
  }

  async *#body(): AsyncGenerator<Uint8Array> {
    const { request, response, expectant } = this.#connection;
    if (expectant) response.writeContinue();
    this.continued = true;
    yield* receiveBody(request, this.fault, this.#recorded, this.#gone);
  }
}

function ruled({ status, headers, body }: NonNullable<Fault["answer"]>): Answer {
  return answer(status, headers, body);
}
