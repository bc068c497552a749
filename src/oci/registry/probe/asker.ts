import { reason, SlipwayError } from "../../../errors/index.ts";
import type { Scope } from "../auth/index.ts";
import { Passing } from "../http/persist.ts";
import { locate } from "../http/redirect.ts";
import { refusalOf } from "../refusal.ts";
import type { Call, RegistryClient } from "../registry-client.ts";
import type { Asked } from "./asked.ts";
import { headersIn, type Observations } from "./observations.ts";

const maxBodyBytes = 1024 * 1024;
const kept = ["range", "content-length", "content-type", "oci-chunk-min-length", "oci-subject"];

/** A probe's request: to this repository, with the rights that it needs. */
export interface Question extends Omit<Call, "scope" | "to"> {
  /** What follows `/v2/<name>/`, or the URL of an upload. */
  readonly to: string | URL;
  readonly actions: Scope["actions"];
  /** True for what changes with each try, as a part of an upload does. */
  readonly once?: boolean;
}

/** An answer that may lead elsewhere. */
export interface AskedWithLocation extends Asked {
  /** Where an upload goes on. */
  readonly location: URL | undefined;
}

/** Asks one repository. An answer of "no" and no answer at all are results; only a stop that the user wants is thrown. */
export class Asker {
  readonly repository: string;
  readonly #client: RegistryClient;
  readonly #observations: Observations;

  constructor(client: RegistryClient, repository: string, observations: Observations) {
    this.#client = client;
    this.repository = repository;
    this.#observations = observations;
  }

  async ask({ to, actions, once = false, ...request }: Question): Promise<AskedWithLocation> {
    const url = this.#client.url(to instanceof URL ? to : `/v2/${to === "" ? "" : `${this.repository}/${to}`}`);
    const call: Call = { ...request, to: url, scope: { repository: this.repository, actions } };
    try {
      const answer = await (once ? this.#client.once(call) : this.#client.call(call));
      const headers = headersIn((name) => answer.header(name), kept);
      const { status } = answer;
      if (status >= 400) {
        const { details } = await refusalOf(answer, this.#client.host);
        return {
          status,
          headers,
          body: new Uint8Array(),
          words: brief(details),
          remedy: undefined,
          location: undefined,
        };
      }
      const target = answer.header("location");
      const location = target === undefined ? undefined : locate(target, url);
      return { status, headers, body: await answer.bytes(maxBodyBytes), words: "", remedy: undefined, location };
    } catch (error) {
      this.#observations.requireGoingOn();
      return { ...unanswered(error instanceof Passing ? error.error : error), location: undefined };
    }
  }
}

/** A failure as a result; a token server's refusal counts as the registry's. */
function unanswered(error: unknown): Asked {
  const known = error instanceof SlipwayError ? error : undefined;
  const words = known === undefined ? reason(error) : [known.message, ...known.details].join(" ");
  return {
    status: known?.code === "REGISTRY_DENIED" ? 401 : undefined,
    headers: {},
    body: new Uint8Array(),
    words: words.slice(0, 300),
    remedy: known?.remedy,
  };
}

function brief(details: readonly string[]): string {
  return details.join("; ").slice(0, 200);
}
