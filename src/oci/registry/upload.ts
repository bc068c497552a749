import { keyOfFile } from "../../content/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Digest } from "../digest.ts";
import type { FileSource } from "../store.ts";
import type { UploadMode } from "../upload-mode.ts";
import type { BlobRequests } from "./blob-requests.ts";
import { registryError } from "./errors.ts";
import type { HttpRequest } from "./http/exchange.ts";
import { mayPass, Passing } from "./http/persist.ts";
import { knownRegistry, type RegistryFacts, registryThatAnswers } from "./known-registries.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";
import { bodyOf, SentBytes, type UploadContent } from "./upload-content.ts";
import type { UploadJournal } from "./upload-journal.ts";
import { chunkBytes, planUpload, smallerChunk, takesChunks, type UploadKnowledge, usualChunk } from "./upload-plan.ts";
import { UploadSession } from "./upload-session.ts";

/** Smaller content is sent again as fast as it is taken up. */
const worthResuming = 8 * 1024 * 1024;

/** An upload that came at least so much further before it broke off has not failed. */
const worthCounting = 1024 * 1024;

/** How often a registry is asked for what it accepted. */
const mostLooks = 3;

/** Content to upload, of known digest. */
export interface Upload {
  readonly digest: Digest;
  readonly size: number;
  readonly content: UploadContent;
  /** Hears what was sent. */
  readonly sent?: SentBytes | undefined;
  /** A repository of the same registry that has it, from which the registry may take it. */
  readonly from?: string | undefined;
}

export interface UploadOptions {
  readonly mode?: UploadMode | undefined;
  /** Where uploads are written down that another process may go on with. */
  readonly journal?: UploadJournal | undefined;
  /** Length of chunks where nothing speaks against it, in bytes. */
  readonly chunkBytes?: number | undefined;
}

/** Writes blobs to one repository (distribution-spec 1.1, "Pushing blobs"). */
export class Uploads {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #requests: BlobRequests;
  readonly #mode: UploadMode;
  readonly #journal: UploadJournal | undefined;
  readonly #usualChunk: number;
  readonly #facts: RegistryFacts | undefined;
  /** What refusals taught. */
  #largestChunk: number | undefined;
  #refusesChunks = false;
  #sentChunks = false;
  /** Repositories that this one gets nothing from without sending it. */
  readonly #unmountable = new Set<string>();

  constructor(client: RegistryClient, repository: string, requests: BlobRequests, options: UploadOptions = {}) {
    this.#client = client;
    this.#repository = repository;
    this.#requests = requests;
    this.#mode = options.mode ?? "auto";
    this.#journal = options.journal;
    this.#usualChunk = options.chunkBytes ?? usualChunk;
    this.#facts = knownRegistry(client.host);
  }

  /**
   * Uploads a blob that is not there yet, as the registry is known or found to take it; one that broke off is taken up
   * where that is possible. Afterwards the registry has to say that it has it, whatever it answered: some accept content
   * and lose it, some store it and lose the answer.
   *
   * @throws SlipwayError CONTENT_LOST, REGISTRY_*; ContentError for a file that changed
   */
  async put(upload: Upload): Promise<"sent" | "mounted"> {
    let outcome = await this.#persist(upload);
    let found = await this.#stored(upload);
    if (found !== upload.size && (this.#sentChunks || outcome === "mounted")) {
      // Some answer chunks with success, and keep the last one only (wasmCloud#3405): once more, in one request.
      this.#refusesChunks = this.#sentChunks;
      if (upload.from !== undefined) this.#unmountable.add(upload.from);
      outcome = await this.#persist(upload);
      found = await this.#stored(upload);
    }
    if (found === upload.size) return outcome;
    const what = found === undefined ? "does not have it" : `has ${found} of ${upload.size} bytes`;
    throw registryError(
      "CONTENT_LOST",
      `${this.#client.host}/${this.#repository} accepted ${upload.digest} and ${what}`,
    );
  }

  /** What the registry says it has of a blob that was sent; storage that answers late is asked again. */
  #stored({ digest, size }: Pick<Upload, "digest" | "size">): Promise<number | undefined> {
    return this.#client.persist(async (attempt) => {
      const found = await this.#requests.sizeOf(digest);
      if (found === size || attempt >= mostLooks) return found;
      throw this.#passing(`does not have ${digest} yet`);
    });
  }

  /**
   * Uploads a file while it is hashed, so that it is read once; one that broke off is taken up, also by another process.
   *
   * @param hashOf hashes a file of which everything was sent by somebody else
   * @returns undefined when the registry does not take content whose digest comes later, or has not kept it: it has to
   *   be sent in another way
   * @throws SlipwayError REGISTRY_*; ContentError for a file that changed
   */
  async stream(file: FileSource, sent: SentBytes, hashOf: () => Promise<Digest>): Promise<Digest | undefined> {
    const size = Number(file.identity.size);
    const key = keyOfFile(file.identity);
    const progress: Progress = { furthest: 0, location: await this.#journal?.recall(this.#name, key) };
    const digest = await this.#persisting(progress, () => this.#streamed({ file, key, sent, progress, hashOf }));
    if (digest === undefined) return undefined;
    if ((await this.#stored({ digest, size })) === size) return digest;
    this.#refusesChunks = true;
    return undefined;
  }

  async #streamed({ file, key, sent, progress, hashOf }: Streaming): Promise<Digest | undefined> {
    const size = Number(file.identity.size);
    const session = await this.#resumed(progress, size);
    const knowledge = this.#knowledgeOf(session);
    if (!takesChunks(this.#mode, knowledge)) {
      await session.cancel();
      return undefined;
    }
    const bytes = chunkBytes(knowledge);
    progress.location = session.location;
    await this.#journal?.note(this.#name, key, session.location);
    sent.reached(session.offset);
    let digest: Digest | undefined;
    const onHash = (sha256: string): void => {
      digest = `sha256:${sha256}`;
    };
    while (session.offset < size) {
      const to = Math.min(size, session.offset + bytes);
      await this.#append(session, bodyOf({ file, onHash }, session.offset, to, sent), to, progress);
      await this.#journal?.note(this.#name, key, session.location);
    }
    digest ??= await hashOf();
    const answer = await session.commit(digest, undefined);
    progress.location = undefined;
    await this.#journal?.forget(this.#name, key);
    await answer.drop();
    return answer.status === 201 || answer.status === 204 ? digest : undefined;
  }

  async #persist(upload: Upload): Promise<"sent" | "mounted"> {
    const { sent = new SentBytes(() => {}) } = upload;
    const progress: Progress = { furthest: 0, location: await this.#left(upload) };
    return this.#persisting(progress, async (again) => {
      if (again && (await this.#requests.sizeOf(upload.digest)) === upload.size) return "sent";
      return this.#attempt(upload, sent, progress);
    });
  }

  /** Tries again as long as it may help; what brought an upload further does not count as a failure. */
  #persisting<T>(progress: Progress, attempt: (again: boolean) => Promise<T>): Promise<T> {
    return this.#client.persist(async (count) => {
      for (let again = count > 1; ; again = true) {
        const before = progress.furthest;
        try {
          return await attempt(again);
        } catch (error) {
          const asked = error instanceof Passing && error.wait !== undefined;
          if (asked || !mayPass(error) || progress.furthest - before < worthCounting) throw error;
        }
      }
    });
  }

  async #attempt(upload: Upload, sent: SentBytes, progress: Progress): Promise<"sent" | "mounted"> {
    const { digest, size, content } = upload;
    const session = await this.#session(upload, progress);
    if (session === "mounted") return "mounted";
    const knowledge = this.#knowledgeOf(session);
    const plan = planUpload(size, this.#mode, knowledge);
    const resumes = size >= worthResuming && takesChunks(this.#mode, knowledge);
    progress.location = resumes ? session.location : undefined;
    if (resumes) await this.#journal?.note(this.#name, digest, session.location);
    sent.reached(session.offset);
    while (session.offset > 0 ? session.offset < size : plan.kind === "chunked") {
      const from = session.offset;
      const to = plan.kind === "chunked" ? Math.min(size, from + plan.bytes) : size;
      await this.#append(session, bodyOf(content, from, to, sent), to, progress);
      if (resumes) await this.#journal?.note(this.#name, digest, session.location);
    }
    const body = session.offset === 0 ? bodyOf(content, 0, size, sent) : undefined;
    const answer = await session.commit(digest, body);
    if (answer.status === 201 || answer.status === 204) {
      await answer.drop();
      if (resumes) await this.#journal?.forget(this.#name, digest);
      return "sent";
    }
    // Whatever it was, this session is over.
    progress.location = undefined;
    if (resumes) await this.#journal?.forget(this.#name, digest);
    const chunksMayHelp = takesChunks(this.#mode, knowledge) && smallerChunk(size, session.minChunk) !== undefined;
    if (answer.status === 413 && body !== undefined && chunksMayHelp) {
      await answer.drop();
      throw await this.#learn(413, size, session, progress);
    }
    const refusal = await refusalOf(answer, this.#client.host, `the upload of ${digest}`);
    // What another process left there may not be what it should have been.
    throw session.offset > 0 || answer.status === 404 ? new Passing(refusal) : refusal;
  }

  /** Sends one chunk. @throws Passing when it was not taken */
  async #append(session: UploadSession, body: HttpRequest["body"], to: number, progress: Progress): Promise<void> {
    const from = session.offset;
    const outcome = await session.append(body, to);
    if (outcome.kind === "refused") throw await this.#learn(outcome.status, to - from, session, progress);
    if (outcome.kind === "lost" || session.offset <= from) {
      progress.location = undefined;
      throw this.#passing("lost an upload that was begun");
    }
    this.#sentChunks = true;
    progress.furthest = Math.max(progress.furthest, session.offset);
    progress.location = session.location;
  }

  /** The upload that broke off, or one that takes the blob from elsewhere, or a new one. */
  async #session(upload: Upload, progress: Progress): Promise<UploadSession | "mounted"> {
    const { location } = progress;
    return (location === undefined ? await this.#mounted(upload) : undefined) ?? this.#resumed(progress, upload.size);
  }

  /** The upload that broke off, or a new one. */
  async #resumed(progress: Progress, size: number): Promise<UploadSession> {
    const left = progress.location;
    progress.location = undefined;
    const resumed = left && (await UploadSession.resume(this.#client, this.#repository, left));
    if (resumed === undefined || resumed.offset > size) return UploadSession.begin(this.#client, this.#repository);
    progress.furthest = Math.max(progress.furthest, resumed.offset);
    return resumed;
  }

  /**
   * What the registry answers to the wish to take the blob from another of its repositories; a session is used as any.
   * A right that is missing there is no failure.
   */
  async #mounted({ digest, from }: Upload): Promise<UploadSession | "mounted" | undefined> {
    if (from === undefined || from === this.#repository || this.#unmountable.has(from)) return undefined;
    try {
      return await UploadSession.begin(this.#client, this.#repository, { digest, from });
    } catch (error) {
      if (!(error instanceof SlipwayError && (error.family === "refused" || error.code === "REGISTRY_DENIED")))
        throw error;
    }
    this.#unmountable.add(from);
    return undefined;
  }

  /** Where a process that was killed left an upload of the same blob. */
  async #left({ size, digest }: Upload): Promise<URL | undefined> {
    if (size < worthResuming || this.#refusesChunks || this.#mode === "monolithic") return undefined;
    return this.#journal?.recall(this.#name, digest);
  }

  /** What a refused body teaches; the next attempt knows it. */
  async #learn(status: number, bytes: number, session: UploadSession, progress: Progress): Promise<Passing> {
    if (status === 416) {
      // The registry is at another byte (distribution-spec 1.1), or takes no chunk of this length (GHCR).
      const now = await UploadSession.resume(this.#client, this.#repository, session.location);
      if (now !== undefined && now.offset !== session.offset) {
        progress.location = now.location;
        return this.#passing(`is at byte ${now.offset} of an upload, not at ${session.offset}`);
      }
    }
    const smaller = smallerChunk(bytes, session.minChunk);
    if (smaller === undefined) this.#refusesChunks = true;
    this.#largestChunk = smaller;
    await session.cancel();
    progress.location = undefined;
    return this.#passing(`refused a body of ${bytes} bytes`);
  }

  #passing(what: string): Passing {
    return new Passing(registryError("REGISTRY_FAILED", `${this.#client.host} ${what}`));
  }

  #knowledgeOf({ minChunk, isDistribution, header }: UploadSession): UploadKnowledge {
    return {
      facts: this.#facts ?? registryThatAnswers(header),
      minChunk,
      isDistribution,
      largestChunk: this.#largestChunk,
      refusesChunks: this.#refusesChunks,
      usualChunk: this.#usualChunk,
    };
  }

  get #name(): string {
    return `${this.#client.host}/${this.#repository}`;
  }
}

/** A file on its way whose digest is not known yet. */
interface Streaming {
  readonly file: FileSource;
  /** What it is written down by. */
  readonly key: string;
  readonly sent: SentBytes;
  readonly progress: Progress;
  readonly hashOf: () => Promise<Digest>;
}

/** How far the attempts of one upload came. */
interface Progress {
  /** Most bytes that the registry was seen to have. */
  furthest: number;
  /** Where an upload goes on that may have something. */
  location: URL | undefined;
}
