import { open } from "node:fs/promises";
import { ContentError, identityOf } from "../../content/index.ts";
import { reason } from "../../errors/index.ts";
import type { Digest } from "../digest.ts";
import type { FileSource, OnBytes } from "../store.ts";
import type { Scope } from "./auth/index.ts";
import type { Download } from "./download.ts";
import { registryError } from "./errors.ts";
import type { ReplayableBody } from "./http/exchange.ts";
import { locate } from "./http/redirect.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A registry may copy and hash what it got before it answers (reference 3.2). */
const commitMs = 30 * 60_000;
/** More than a socket takes at once, so that it asks for the next piece only when it has sent the one before. */
const readBytes = 256 * 1024;
/** One piece is sent, one waits and one is read at a time; new memory for each would cost more than the sending. */
const pieces = 4;

/** Content to upload, which can be read again from the start. */
export interface Upload {
  readonly digest: Digest;
  readonly size: number;
  readonly body: Uint8Array | ReplayableBody;
}

/** Writes blobs to one repository (distribution-spec 1.1, "Pushing blobs"). */
export class Uploads {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #download: Download;
  readonly #scope: Scope;

  constructor(client: RegistryClient, repository: string, download: Download) {
    this.#client = client;
    this.#repository = repository;
    this.#download = download;
    this.#scope = { repository, actions: ["pull", "push"] };
  }

  /**
   * Uploads a blob that is not there yet: a session, then everything in one PUT. Afterwards the registry has to say
   * that it has it, whatever it answered: some accept content and lose it, some store it and lose the answer.
   *
   * @throws SlipwayError CONTENT_LOST, REGISTRY_*
   */
  async put({ digest, size, body }: Upload): Promise<void> {
    await this.#client.persist(async (attempt) => {
      if (attempt > 1 && (await this.#download.sizeOf(digest)) === size) return;
      const location = await this.#begin();
      location.searchParams.append("digest", digest);
      const answer = await this.#client.once({
        method: "PUT",
        to: location,
        scope: this.#scope,
        headers: { "content-type": "application/octet-stream" },
        body,
        patience: commitMs,
      });
      if (answer.status !== 201 && answer.status !== 204) {
        throw await refusalOf(answer, this.#client.host, `the upload of ${digest}`);
      }
      await answer.drop();
    });
    const stored = await this.#download.sizeOf(digest);
    if (stored === size) return;
    const found = stored === undefined ? "does not have it" : `has ${stored} of ${size} bytes`;
    throw registryError("CONTENT_LOST", `${this.#client.host}/${this.#repository} accepted ${digest} and ${found}`);
  }

  /**
   * Asks the registry to take a blob from another of its repositories (distribution-spec 1.1, "Mounting a blob from
   * another repository"). A registry that would rather have it sent opens a session, which is ended.
   *
   * @returns whether the registry says that the blob is there now
   * @throws SlipwayError REGISTRY_*
   */
  async mount(digest: Digest, from: string): Promise<boolean> {
    const to = this.#client.url(`/v2/${this.#repository}/blobs/uploads/`);
    to.searchParams.set("mount", digest);
    to.searchParams.set("from", from);
    const scope: Scope = { ...this.#scope, from };
    const answer = await this.#client.call({ method: "POST", to, scope, headers: { "content-length": "0" } });
    if (answer.status === 201) {
      await answer.drop();
      return true;
    }
    if (answer.status !== 202) throw await refusalOf(answer, this.#client.host, `the mount of ${digest}`);
    await answer.drop();
    await this.#forget(answer.header("location"), to);
    return false;
  }

  /** Ends a session that nobody will use. A registry that does not let sessions be ended ends them some time later. */
  async #forget(location: string | undefined, from: URL): Promise<void> {
    try {
      const answer = await this.#client.once({ method: "DELETE", to: locate(location, from), scope: this.#scope });
      await answer.drop();
    } catch {
      this.#client.signal.throwIfAborted();
    }
  }

  async #begin(): Promise<URL> {
    const to = `/v2/${this.#repository}/blobs/uploads/`;
    const headers = { "content-length": "0" };
    const answer = await this.#client.once({ method: "POST", to, scope: this.#scope, headers });
    if (answer.status !== 202) throw await refusalOf(answer, this.#client.host, "the start of an upload");
    await answer.drop();
    return locate(answer.header("location"), this.#client.url(to));
  }
}

/**
 * A file's bytes as a body that can be sent again.
 * @param onBytes hears of each byte once, however often it is sent
 */
export function bodyOf({ path, identity }: FileSource, size: number, onBytes: OnBytes): ReplayableBody {
  let reported = 0;
  return {
    size,
    async *open() {
      const task = { source: path, size };
      const file = await open(path, "r").catch((error: unknown) => {
        throw new ContentError("unreadable", reason(error), task);
      });
      try {
        const ring = Array.from({ length: pieces }, () => Buffer.allocUnsafeSlow(Math.min(readBytes, size)));
        let at = 0;
        for (let turn = 0; at < size; turn += 1) {
          const buffer = ring[turn % pieces] ?? Buffer.allocUnsafeSlow(readBytes);
          const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - at), at);
          if (bytesRead === 0) throw new ContentError("changed", `${path} became shorter`, task);
          at += bytesRead;
          yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
          if (at > reported) {
            onBytes(at - reported);
            reported = at;
          }
        }
        const now = identityOf(await file.stat({ bigint: true }));
        if (now.modified !== identity.modified || now.size !== identity.size || now.changed !== identity.changed) {
          throw new ContentError("changed", `${path} was written to while it was sent`, task);
        }
      } finally {
        await file.close();
      }
    },
  };
}
