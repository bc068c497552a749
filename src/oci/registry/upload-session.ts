import type { Digest } from "../digest.ts";
import type { Scope } from "./auth/index.ts";
import type { HttpAnswer, HttpRequest } from "./http/exchange.ts";
import { locate } from "./http/redirect.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A registry may copy and hash what it got before it answers (reference 3.2). */
const commitMs = 30 * 60_000;

type Body = HttpRequest["body"];

/** What became of a chunk. */
export type ChunkOutcome =
  | { readonly kind: "taken" }
  /** The registry is at another byte, or takes no body of this length. */
  | { readonly kind: "refused"; readonly status: number }
  /** The session is gone. */
  | { readonly kind: "lost" };

/** One upload that was begun at a registry (distribution-spec 1.1, "Pushing blobs"). */
export class UploadSession {
  readonly #client: RegistryClient;
  readonly #scope: Scope;
  #location: URL;
  #offset: number;
  /** `OCI-Chunk-Min-Length`; 0 for none. */
  readonly minChunk: number;
  /** Headers of the answer that began it, by which a registry is known. */
  readonly header: HttpAnswer["header"];

  private constructor(
    client: RegistryClient,
    scope: Scope,
    start: { readonly location: URL; readonly offset: number; readonly answer: HttpAnswer },
  ) {
    this.#client = client;
    this.#scope = scope;
    this.#location = start.location;
    this.#offset = start.offset;
    const minChunk = start.answer.header("oci-chunk-min-length") ?? "";
    this.minChunk = /^\d{1,12}$/.test(minChunk) ? Number(minChunk) : 0;
    this.header = (name) => start.answer.header(name);
  }

  /** Begins an upload. @throws SlipwayError REGISTRY_*; Passing when it may work later */
  static async begin(client: RegistryClient, repository: string): Promise<UploadSession>;
  /**
   * Asks the registry to take a blob from another of its repositories (distribution-spec 1.1, "Mounting a blob from
   * another repository"); one that would rather have it sent begins an upload.
   *
   * @returns "mounted" when nothing has to be sent
   * @throws SlipwayError REGISTRY_*, also for a right that is missing there; Passing when it may work later
   */
  static async begin(
    client: RegistryClient,
    repository: string,
    mount: { readonly digest: Digest; readonly from: string },
  ): Promise<UploadSession | "mounted">;
  static async begin(
    client: RegistryClient,
    repository: string,
    mount?: { readonly digest: Digest; readonly from: string },
  ): Promise<UploadSession | "mounted"> {
    const to = client.url(`/v2/${repository}/blobs/uploads/`);
    const scope = mount === undefined ? scopeOf(repository) : { ...scopeOf(repository), from: mount.from };
    if (mount !== undefined) to.search = new URLSearchParams({ mount: mount.digest, from: mount.from }).toString();
    // Some want to be told that there is no body.
    const answer = await client.once({ method: "POST", to, scope, headers: { "content-length": "0" } });
    if (mount !== undefined && answer.status === 201) {
      await answer.drop();
      return "mounted";
    }
    const what = mount === undefined ? "the start of an upload" : `the mount of ${mount.digest}`;
    if (answer.status !== 202) throw await refusalOf(answer, client.host, what);
    await answer.drop();
    return new UploadSession(client, scope, { location: locate(answer.header("location"), to), offset: 0, answer });
  }

  /** Takes up an upload that was begun before; undefined when the registry has nothing of it. */
  static async resume(client: RegistryClient, repository: string, location: URL): Promise<UploadSession | undefined> {
    const scope = scopeOf(repository);
    const answer = await client.once({ method: "GET", to: location, scope });
    await answer.drop();
    const offset = answer.status === 204 ? offsetOf(answer) : undefined;
    if (offset === undefined || offset === 0) return undefined;
    return new UploadSession(client, scope, {
      location: locate(answer.header("location") ?? location.href, client.url(location)),
      offset,
      answer,
    });
  }

  /** Where the next request of this upload goes. */
  get location(): URL {
    return this.#location;
  }

  /** Bytes that the registry has. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether this is a Location of the distribution project's making. */
  get isDistribution(): boolean {
    return /[?&]_state=/.test(this.#location.search);
  }

  /** Sends the bytes from `offset` to `to`. @throws SlipwayError REGISTRY_*; Passing when it may work later */
  async append(body: Body, to: number): Promise<ChunkOutcome> {
    const answer = await this.#client.once({
      method: "PATCH",
      to: this.#location,
      scope: this.#scope,
      headers: { "content-type": "application/octet-stream", "content-range": `${this.#offset}-${to - 1}` },
      body,
      patience: commitMs,
    });
    if (answer.status === 413 || answer.status === 416) {
      await answer.drop();
      return { kind: "refused", status: answer.status };
    }
    if (answer.status === 404) {
      await answer.drop();
      return { kind: "lost" };
    }
    if (answer.status < 200 || answer.status > 204) {
      throw await refusalOf(answer, this.#client.host, "a chunk of an upload");
    }
    await answer.drop();
    this.#location = locate(answer.header("location") ?? this.#location.href, this.#location);
    // Registries that do not say how much they have took what was sent.
    this.#offset = Math.min(to, offsetOf(answer) ?? to);
    return { kind: "taken" };
  }

  /** Ends the upload: with a body for everything that is not there yet, or without one. */
  async commit(digest: Digest, body: Body): Promise<HttpAnswer> {
    const to = new URL(this.#location);
    // What the registry wrote there stays as it is, letter by letter.
    to.search += `${to.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
    const empty: Readonly<Record<string, string>> = body === undefined ? { "content-length": "0" } : {};
    return this.#client.once({
      method: "PUT",
      to,
      scope: this.#scope,
      headers: { "content-type": "application/octet-stream", ...empty },
      body,
      patience: commitMs,
    });
  }

  /** Lets the registry forget the upload; nothing depends on whether it does. */
  async cancel(): Promise<void> {
    const call = { method: "DELETE", to: this.#location, scope: this.#scope } as const;
    await this.#client
      .once(call)
      .then((answer) => answer.drop())
      .catch(() => {});
  }
}

function scopeOf(repository: string): Scope {
  return { repository, actions: ["pull", "push"] };
}

/** `Range: 0-<last byte>`; `0-0` is what distribution says of an empty upload, too, so it counts as one. */
function offsetOf(answer: HttpAnswer): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.header("range") ?? "")?.[1];
  if (last === undefined) return undefined;
  return last === "0" ? 0 : Number(last) + 1;
}
