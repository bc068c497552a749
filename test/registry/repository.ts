import { randomUUID } from "node:crypto";
import type { Content } from "./content.ts";
import { Problem } from "./problem.ts";

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  /** Exactly what was pushed. */
  readonly bytes: Uint8Array;
}

/** An upload between its start and its commit. */
export interface Session {
  readonly id: string;
  readonly startedAt: number;
  content: Content;
  /** What the client may believe to be stored; more than there is after a chunk was lost on purpose. */
  offset: number;
  /** Sizes of the chunks so far. */
  readonly chunks: number[];
  /** What is in there is not what was sent, and is committed all the same. */
  spoiled: boolean;
  /** Chunks of one session are taken one after the other. */
  turn: Promise<void>;
}

export class Repository {
  readonly name: string;
  readonly blobs = new Map<string, Content>();
  readonly manifests = new Map<string, StoredManifest>();
  /** Digest by tag. */
  readonly tags = new Map<string, string>();
  readonly sessions = new Map<string, Session>();

  constructor(name: string) {
    this.name = name;
  }

  begin(content: Content): Session {
    const session: Session = {
      id: randomUUID(),
      startedAt: Date.now(),
      content,
      offset: 0,
      chunks: [],
      spoiled: false,
      turn: Promise.resolve(),
    };
    this.sessions.set(session.id, session);
    return session;
  }

  /** @throws Problem BLOB_UPLOAD_UNKNOWN */
  session(id: string): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw new Problem(404, "BLOB_UPLOAD_UNKNOWN", `there is no upload ${id}`);
    return session;
  }

  /** By tag or digest. */
  manifest(reference: string): StoredManifest | undefined {
    return this.manifests.get(this.tags.get(reference) ?? reference);
  }
}

/** All repositories; one comes into being when something is pushed to it. */
export class Repositories {
  readonly #all = new Map<string, Repository>();

  get(name: string): Repository | undefined {
    return this.#all.get(name);
  }

  create(name: string): Repository {
    const found = this.#all.get(name) ?? new Repository(name);
    this.#all.set(name, found);
    return found;
  }

  all(): Iterable<Repository> {
    return this.#all.values();
  }
}
