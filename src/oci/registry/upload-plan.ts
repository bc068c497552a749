import type { UploadMode } from "../upload-mode.ts";
import type { RegistryFacts } from "./known-registries.ts";

const MiB = 1024 ** 2;

/** How one blob is sent: everything in the request that commits it, or in chunks of so many bytes before. */
export type UploadPlan = { readonly kind: "single" } | { readonly kind: "chunked"; readonly bytes: number };

/** Large enough that a registry's work for each chunk does not count, small enough to send one again. */
export const usualChunk = 256 * MiB;
/** What gets through the proxies that limit bodies, of which 100 MB is the smallest limit that was met. */
const smallChunk = 64 * MiB;
/** Nobody is known to take less. */
const smallestChunk = 4 * MiB;

/** What is known of a registry when an upload begins, or was learned from its refusals. */
export interface UploadKnowledge {
  readonly facts: RegistryFacts | undefined;
  /** `OCI-Chunk-Min-Length` of the session; 0 for none. */
  readonly minChunk: number;
  /** Whether the session's Location is one of the distribution project's, which Harbor, GitLab and others build on. */
  readonly isDistribution: boolean;
  /** The largest chunk that was not refused for its length; undefined when none was. */
  readonly largestChunk: number | undefined;
  /** Whether chunks were refused, or taken and lost. */
  readonly refusesChunks: boolean;
  /** How long chunks are where nothing speaks against it. */
  readonly usualChunk: number;
}

/** Whether an upload may be taken up by another request (distribution-spec 1.1, "Pushing a blob in chunks"). */
export function takesChunks(mode: UploadMode, { facts, isDistribution, refusesChunks }: UploadKnowledge): boolean {
  if (mode === "monolithic" || refusesChunks) return false;
  // Some answer with success, and have stored the last chunk only: nobody is asked to who is not known for chunks.
  return mode === "chunked" || (facts?.chunks ?? isDistribution);
}

/** How long the chunks are that a registry gets. */
export function chunkBytes({ minChunk, usualChunk: usual, largestChunk = usual }: UploadKnowledge): number {
  return Math.max(minChunk, Math.min(usual, largestChunk));
}

/** @param size bytes that are to be sent */
export function planUpload(size: number, mode: UploadMode, knowledge: UploadKnowledge): UploadPlan {
  const bytes = chunkBytes(knowledge);
  return size > bytes && takesChunks(mode, knowledge) ? { kind: "chunked", bytes } : { kind: "single" };
}

/**
 * The length to try after bodies of a length were refused with 413 or 416.
 * @returns undefined when chunks are no way out
 */
export function smallerChunk(refused: number, minChunk: number): number | undefined {
  const next = refused > smallChunk ? smallChunk : smallestChunk;
  return next < refused && next >= minChunk ? next : undefined;
}
