import type { IncomingHttpHeaders } from "node:http";
import type { Admission } from "./authentication.ts";
import type { Content, Contents } from "./content.ts";
import type { Fault } from "./faults.ts";
import type { Behaviour } from "./options.ts";
import type { Repositories } from "./repository.ts";

/** One request, as handlers see it. */
export interface Call {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly at: "registry" | "elsewhere";
  /** Of the listener that was asked, such as `http://127.0.0.1:5000`. */
  readonly origin: string;
  /** Throws where the connection ends, or a rule says so. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly fault: Fault;
  readonly admission: Admission;
  /** Called between the last byte of the body and what is done with it; waits as long as a rule says. */
  readonly beforeCommit: () => Promise<void>;
}

/** What all requests share. */
export interface World {
  readonly behaviour: Behaviour;
  readonly repositories: Repositories;
  readonly contents: Contents;
  /** A URL of the other listener for a path, signed so that it needs no credentials. */
  readonly elsewhere: (pathname: string) => URL;
  /** Set once the referrers API was taken away. */
  referrersLost: boolean;
}

/** Adds the body to content, and gives how many bytes that were. */
export async function receive(body: Call["body"], content: Content, most: number, tooMuch: () => Error) {
  let received = 0;
  for await (const piece of body) {
    received += piece.length;
    if (received > most) throw tooMuch();
    await content.append(piece);
  }
  return received;
}
