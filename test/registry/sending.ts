import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { type Fault, pause } from "./faults.ts";
import type { RecordedRequest } from "./recording.ts";

/** Sends an answer, as far as the rules let it go. @param signal aborted when the client has left */
export async function send(
  response: ServerResponse,
  { status, headers, body, lengthless = false }: Answer,
  { withoutLength, stallResponse, cutResponseAfter }: Fault,
  recorded: RecordedRequest,
  signal: AbortSignal,
): Promise<void> {
  const bodiless = status === 204 || status === 304;
  const length = bodiless || withoutLength || lengthless ? {} : { "content-length": String(body.size) };
  recorded.status = status;
  response.writeHead(status, { ...length, ...headers });
  if (recorded.method === "HEAD" || bodiless) {
    response.end();
    return;
  }
  const stops = [stallResponse?.at, cutResponseAfter].filter((stop) => stop !== undefined);
  let at = 0;
  const reach = async (): Promise<"cut" | undefined> => {
    if (stallResponse?.at === at) {
      response.flushHeaders();
      await pause(stallResponse.ms, signal);
    }
    if (cutResponseAfter === at) {
      await cut(response);
      recorded.outcome = "cut";
      return "cut";
    }
    return undefined;
  };
  if ((await reach()) === "cut") return;
  for await (const chunk of body.read(0, body.size)) {
    for (let rest = chunk; rest.length > 0; ) {
      const next = Math.min(at + rest.length, ...stops.filter((stop) => stop > at));
      const piece = rest.subarray(0, next - at);
      rest = rest.subarray(piece.length);
      if (!response.write(piece)) await once(response, "drain", { signal });
      recorded.bytesSent += piece.length;
      at = next;
      if ((await reach()) === "cut") return;
    }
  }
  const told = headers["content-length"];
  // A client that was told of more bytes than there are would wait for them.
  if (told !== undefined && Number(told) !== body.size) await cut(response);
  else response.end();
}

/** Ends the connection once what was written has left. */
async function cut(response: ServerResponse): Promise<void> {
  response.flushHeaders();
  await new Promise<void>((flushed) => response.write("", () => flushed()));
  response.socket?.destroy();
}
