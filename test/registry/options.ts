import type { Authentication } from "./authentication.ts";
import type { Storage } from "./content.ts";
import type { Rule } from "./faults.ts";

/** What this registry takes, in bytes, milliseconds and counts; `Infinity` for what has no end. */
interface Limits {
  readonly blobBytes: number;
  /** Body of one PATCH: more is 416, which is how GHCR says it. */
  readonly patchBytes: number;
  /** Told as `OCI-Chunk-Min-Length`; 0 when it is not told. */
  readonly chunkBytes: number;
  readonly chunks: number;
  /** From the start of a session to its commit. */
  readonly uploadMs: number;
}

interface Uploads {
  /** Answer to a POST with a digest and the content: stored, or a session to put it into. */
  readonly singlePost: 201 | 202;
  /** Answer to a mount of what could be mounted. */
  readonly mount: 201 | 202;
  /** Answer to a PATCH that was stored; ECR says 201. Anything from 400 on: it takes no PATCH. */
  readonly patch: number;
  /** Takes a PATCH without Content-Range. */
  readonly streamed: boolean;
  /** Takes a PATCH with Content-Range. */
  readonly chunked: boolean;
  /** What is left of a PATCH that broke off: what arrived of it, what was there before, or no session at all. */
  readonly torn: "kept" | "dropped" | "lost";
  /** Compares what it has with the digest; where not, nothing is hashed, which makes room for very large uploads. */
  readonly verifiesDigest: boolean;
  /** Keeps the last chunk only. */
  readonly keepsLastChunkOnly: boolean;
  /** Where a session lies: a path, a URL, a URL of the other listener, or a POST that is redirected there. */
  readonly location: "relative" | "absolute" | "elsewhere" | "redirected";
  /** 411 to a POST that does not say how long its body is. */
  readonly needsContentLength: boolean;
}

interface Blobs {
  /** Serves ranges. */
  readonly ranges: boolean;
  /** GET and HEAD are redirected to the other listener, GET only, or nothing is. */
  readonly redirects: "all" | "get" | "none";
  /** HEAD says how long the blob is. */
  readonly headLength: boolean;
}

/** How a tag that exists is refused; `{tag}` and `{name}` stand for themselves in the message. */
interface Immutability {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Also where the tag already holds the very same manifest. */
  readonly evenIfSame: boolean;
  /** The tags that may not move; all unless told. */
  readonly tags?: RegExp;
}

interface Manifests {
  /** More is 413. */
  readonly maxBytes: number;
  /** Config, layers and manifests that it names have to be there. */
  readonly verifiesContent: boolean;
  /** Answers 404 to who does not accept its media type, as distribution does. */
  readonly honoursAccept: boolean;
  readonly etag: boolean;
  readonly immutable: Immutability | undefined;
}

interface Referrers {
  readonly api: boolean;
  /** Answers OCI-Subject; undefined: where there is the API. */
  readonly subjectHeader: boolean | undefined;
  readonly filters: boolean;
  /** Most that are listed at once. */
  readonly page: number;
}

interface Deletes {
  readonly manifests: boolean;
  readonly tags: boolean;
  readonly blobs: boolean;
}

interface Garbage {
  /** Keeps what refers to something that stays, and what an index that stays lists. */
  readonly sparesReferrers: boolean;
  readonly sparesChildren: boolean;
}

export interface Behaviour {
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly authentication: Authentication | undefined;
  readonly storage: Storage;
  readonly limits: Limits;
  readonly uploads: Uploads;
  readonly blobs: Blobs;
  readonly manifests: Manifests;
  readonly referrers: Referrers;
  /** Most tags that are listed at once. */
  readonly tagPage: number;
  readonly deletes: Deletes;
  readonly garbage: Garbage;
}

/** How a registry differs from one that follows distribution-spec 1.1 in all that it leaves open. */
export interface RegistryOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly authentication?: Authentication;
  readonly storage?: Partial<Storage>;
  readonly limits?: Partial<Limits>;
  readonly uploads?: Partial<Uploads>;
  readonly blobs?: Partial<Blobs>;
  readonly manifests?: Partial<Manifests>;
  readonly referrers?: Partial<Referrers>;
  readonly tagPage?: number;
  readonly deletes?: Partial<Deletes>;
  readonly garbage?: Partial<Garbage>;
  /** What goes wrong from the start. */
  readonly rules?: readonly Rule[];
  /** Speaks TLS, with a certificate of its own. */
  readonly tls?: boolean;
  /** Factors for the limits in bytes and in milliseconds, so that a test reaches them soon. */
  readonly scale?: { readonly bytes?: number; readonly ms?: number };
}

const conforming: Behaviour = {
  headers: { "docker-distribution-api-version": "registry/2.0" },
  authentication: undefined,
  storage: { memoryBytes: 1024 * 1024, discardAbove: Number.POSITIVE_INFINITY },
  limits: {
    blobBytes: Number.POSITIVE_INFINITY,
    patchBytes: Number.POSITIVE_INFINITY,
    chunkBytes: 0,
    chunks: Number.POSITIVE_INFINITY,
    uploadMs: Number.POSITIVE_INFINITY,
  },
  uploads: {
    singlePost: 201,
    mount: 201,
    patch: 202,
    streamed: true,
    chunked: true,
    torn: "kept",
    verifiesDigest: true,
    keepsLastChunkOnly: false,
    location: "relative",
    needsContentLength: false,
  },
  blobs: { ranges: true, redirects: "none", headLength: true },
  manifests: {
    maxBytes: 4 * 1024 * 1024,
    verifiesContent: true,
    honoursAccept: true,
    etag: false,
    immutable: undefined,
  },
  referrers: { api: true, subjectHeader: undefined, filters: true, page: 100 },
  tagPage: 1000,
  deletes: { manifests: true, tags: true, blobs: true },
  garbage: { sparesReferrers: true, sparesChildren: true },
};

export function behaviourOf(options: RegistryOptions): Behaviour {
  return {
    headers: options.headers ?? conforming.headers,
    authentication: options.authentication,
    storage: { ...conforming.storage, ...options.storage },
    limits: scaled({ ...conforming.limits, ...options.limits }, options.scale),
    uploads: { ...conforming.uploads, ...options.uploads },
    blobs: { ...conforming.blobs, ...options.blobs },
    manifests: { ...conforming.manifests, ...options.manifests },
    referrers: { ...conforming.referrers, ...options.referrers },
    tagPage: options.tagPage ?? conforming.tagPage,
    deletes: { ...conforming.deletes, ...options.deletes },
    garbage: { ...conforming.garbage, ...options.garbage },
  };
}

function scaled(limits: Limits, { bytes = 1, ms = 1 }: RegistryOptions["scale"] = {}): Limits {
  return {
    blobBytes: Math.ceil(limits.blobBytes * bytes),
    patchBytes: Math.ceil(limits.patchBytes * bytes),
    chunkBytes: Math.ceil(limits.chunkBytes * bytes),
    chunks: limits.chunks,
    uploadMs: Math.ceil(limits.uploadMs * ms),
  };
}
